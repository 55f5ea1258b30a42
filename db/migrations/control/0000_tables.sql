CREATE TABLE "health_alerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"code" text NOT NULL,
	"detail" text NOT NULL,
	"raised_at" timestamp (3) with time zone NOT NULL,
	"cleared_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "health_checks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"side" text NOT NULL,
	"checked_at" timestamp (3) with time zone NOT NULL,
	"reachable" boolean NOT NULL,
	"latency_ms" double precision,
	"connect_ms" double precision,
	"size_bytes" bigint,
	"server_version" text,
	"connections" integer,
	"connection_limit" integer,
	"lag_rows" bigint,
	"lag_seconds" double precision,
	"last_tick_at" timestamp (3) with time zone,
	"last_verified_at" timestamp (3) with time zone,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "sync_states" (
	"tenant_id" uuid PRIMARY KEY NOT NULL,
	"outcome" text NOT NULL,
	"reported_at" timestamp (3) with time zone NOT NULL,
	"synced_at" timestamp (3) with time zone,
	"lag_rows" bigint,
	"last_tick" bigint,
	"last_tick_at" timestamp (3) with time zone,
	"rows" bigint DEFAULT 0 NOT NULL,
	"rows_per_second" double precision,
	"parked_code" text,
	"parked_reason" text,
	"verified_at" timestamp (3) with time zone,
	"verified_equal" boolean
);
--> statement-breakpoint
CREATE TABLE "owner_audit" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"event" text NOT NULL,
	"tenant_id" uuid,
	"entity" text NOT NULL,
	"entity_id" text,
	"reason" text,
	"request_id" text,
	"address" text,
	"details" jsonb
);
--> statement-breakpoint
CREATE TABLE "database_servers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"region" text NOT NULL,
	"purpose" text NOT NULL,
	"host" text NOT NULL,
	"port" integer NOT NULL,
	"admin_user" text NOT NULL,
	"sealed_admin_password" text NOT NULL,
	"max_hospitals" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "database_servers_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"status" text NOT NULL,
	"billing_cycle" text DEFAULT 'monthly' NOT NULL,
	"trial_ends_at" timestamp (3) with time zone,
	"period_starts_at" timestamp (3) with time zone NOT NULL,
	"period_ends_at" timestamp (3) with time zone,
	"status_since" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "subscriptions_tenantId_unique" UNIQUE("tenant_id")
);
--> statement-breakpoint
CREATE TABLE "tenants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"company_name" text NOT NULL,
	"subdomain" text NOT NULL,
	"status" text DEFAULT 'provisioning' NOT NULL,
	"region" text NOT NULL,
	"plan_id" uuid NOT NULL,
	"isolation" text DEFAULT 'database' NOT NULL,
	"tenant_db_name" text NOT NULL,
	"role_name" text NOT NULL,
	"sealed_password" text NOT NULL,
	"primary_server_id" uuid NOT NULL,
	"primary_database" text NOT NULL,
	"copy_server_id" uuid,
	"copy_database" text,
	"schema_name" text NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"currency" text DEFAULT 'USD' NOT NULL,
	"language" text DEFAULT 'en' NOT NULL,
	"accent" text,
	"contact_email" text,
	"contact_phone" text,
	"custom_domain" text,
	"patient_count" integer,
	"user_count" integer,
	"usage_at" timestamp (3) with time zone,
	"configuration_pushed" integer DEFAULT 0 NOT NULL,
	"status_reason" text,
	"ready_at" timestamp (3) with time zone,
	"suspended_at" timestamp (3) with time zone,
	"archived_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"purge_after" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "tenants_subdomain_unique" UNIQUE("subdomain"),
	CONSTRAINT "tenants_tenantDbName_unique" UNIQUE("tenant_db_name"),
	CONSTRAINT "tenants_roleName_unique" UNIQUE("role_name"),
	CONSTRAINT "tenants_customDomain_unique" UNIQUE("custom_domain"),
	CONSTRAINT "tenants_primaryServerId_primaryDatabase_schemaName_unique" UNIQUE("primary_server_id","primary_database","schema_name"),
	CONSTRAINT "tenants_subdomain_form" CHECK ("tenants"."subdomain" ~ '^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$'),
	CONSTRAINT "tenants_db_name_form" CHECK ("tenants"."tenant_db_name" ~ '^[a-z0-9](?:[a-z0-9_-]{1,61}[a-z0-9])$')
);
--> statement-breakpoint
CREATE TABLE "provisioning_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tenant_id" uuid NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"input" jsonb NOT NULL,
	"requested_by" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "provisioning_runs_tenantId_unique" UNIQUE("tenant_id")
);
--> statement-breakpoint
CREATE TABLE "provisioning_steps" (
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"key" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"reason" text,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "provisioning_steps_run_id_position_pk" PRIMARY KEY("run_id","position")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"actor_id" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"status" integer,
	"headers" jsonb,
	"body" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_keys_actor_id_key_pk" PRIMARY KEY("actor_id","key")
);
--> statement-breakpoint
CREATE TABLE "operator_refresh_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"spent_at" timestamp (3) with time zone,
	CONSTRAINT "operator_refresh_tokens_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "operator_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"token_hash" text NOT NULL,
	"user_agent" text,
	"address" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "operator_sessions_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "operators" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"role" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"language" text,
	"theme" text DEFAULT 'system' NOT NULL,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"monthly_price_minor" integer NOT NULL,
	"yearly_price_minor" integer NOT NULL,
	"currency" text NOT NULL,
	"trial_days" integer NOT NULL,
	"limits" jsonb NOT NULL,
	"features" jsonb NOT NULL,
	"backup_retention_days" integer NOT NULL,
	"offered" boolean DEFAULT true NOT NULL,
	"position" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "plans_key_unique" UNIQUE("key")
);
--> statement-breakpoint
ALTER TABLE "health_alerts" ADD CONSTRAINT "health_alerts_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "health_checks" ADD CONSTRAINT "health_checks_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_states" ADD CONSTRAINT "sync_states_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "plans"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_primary_server_id_database_servers_id_fk" FOREIGN KEY ("primary_server_id") REFERENCES "database_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tenants" ADD CONSTRAINT "tenants_copy_server_id_database_servers_id_fk" FOREIGN KEY ("copy_server_id") REFERENCES "database_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provisioning_runs" ADD CONSTRAINT "provisioning_runs_tenant_id_tenants_id_fk" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "provisioning_steps" ADD CONSTRAINT "provisioning_steps_run_id_provisioning_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "provisioning_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operator_refresh_tokens" ADD CONSTRAINT "operator_refresh_tokens_session_id_operator_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "operator_sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operator_sessions" ADD CONSTRAINT "operator_sessions_person_id_operators_id_fk" FOREIGN KEY ("person_id") REFERENCES "operators"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "health_alerts_open" ON "health_alerts" USING btree ("tenant_id","code") WHERE "health_alerts"."cleared_at" is null;--> statement-breakpoint
CREATE INDEX "health_alerts_tenant_id_raised_at_index" ON "health_alerts" USING btree ("tenant_id","raised_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "health_checks_tenant_id_side_checked_at_index" ON "health_checks" USING btree ("tenant_id","side","checked_at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "health_checks_checked_at_index" ON "health_checks" USING btree ("checked_at");--> statement-breakpoint
CREATE INDEX "owner_audit_at_index" ON "owner_audit" USING btree ("at");--> statement-breakpoint
CREATE INDEX "owner_audit_tenant_id_at_index" ON "owner_audit" USING btree ("tenant_id","at");--> statement-breakpoint
CREATE INDEX "subscriptions_status_trial_ends_at_index" ON "subscriptions" USING btree ("status","trial_ends_at");--> statement-breakpoint
CREATE INDEX "tenants_status_created_at_index" ON "tenants" USING btree ("status","created_at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_index" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "operator_refresh_tokens_session_id_index" ON "operator_refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "operator_sessions_person_id_index" ON "operator_sessions" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "operators_email" ON "operators" USING btree (lower("email"));