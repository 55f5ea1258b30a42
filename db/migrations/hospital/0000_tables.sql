CREATE TABLE "refresh_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"session_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"spent_at" timestamp (3) with time zone,
	CONSTRAINT "refresh_tokens_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
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
	CONSTRAINT "sessions_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"phone" text,
	"password_hash" text NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"role_id" uuid NOT NULL,
	"department_id" uuid,
	"language" text,
	"theme" text DEFAULT 'system' NOT NULL,
	"must_change_password" boolean DEFAULT false NOT NULL,
	"last_sign_in_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "medications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"encounter_id" uuid,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"intent" text,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"at" timestamp (3) with time zone,
	"at_precision" text,
	"ended_at" timestamp (3) with time zone,
	"ended_precision" text,
	"dosage_text" text,
	"dose_number" numeric,
	"dose_unit" text,
	"frequency" numeric,
	"period" numeric,
	"period_unit" text,
	"as_needed" boolean,
	"route" text,
	"prescriber_name" text,
	"reason_display" text,
	"note" text,
	"import_source" text,
	"import_id" text,
	"import_run_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "entitlement" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"plan_key" text NOT NULL,
	"subscription_status" text NOT NULL,
	"features" jsonb NOT NULL,
	"document_version" integer DEFAULT 1 NOT NULL,
	"valid_until" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "entitlement_one_row" CHECK ("entitlement"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "hospital_settings" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"tenant_id" uuid NOT NULL,
	"name" text NOT NULL,
	"time_zone" text NOT NULL,
	"currency" text NOT NULL,
	"language" text NOT NULL,
	"accent" text,
	"contact_email" text,
	"contact_phone" text,
	"address" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "hospital_settings_one_row" CHECK ("hospital_settings"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "limits" (
	"resource" text PRIMARY KEY NOT NULL,
	"allowed" integer,
	"used" integer DEFAULT 0 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "limits_used_not_negative" CHECK ("limits"."used" >= 0)
);
--> statement-breakpoint
CREATE TABLE "patient_identifiers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"system" text DEFAULT '' NOT NULL,
	"value" text NOT NULL,
	"type" text,
	"display" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "procedures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"encounter_id" uuid,
	"status" text NOT NULL,
	"category" text,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"at" timestamp (3) with time zone,
	"at_precision" text,
	"ended_at" timestamp (3) with time zone,
	"ended_precision" text,
	"performer_name" text,
	"reason_display" text,
	"body_site" text,
	"outcome" text,
	"note" text,
	"import_source" text,
	"import_id" text,
	"import_run_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "conditions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"encounter_id" uuid,
	"clinical_status" text NOT NULL,
	"verification_status" text,
	"category" text,
	"severity" text,
	"body_site" text,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"at" timestamp (3) with time zone,
	"at_precision" text,
	"ended_at" timestamp (3) with time zone,
	"ended_precision" text,
	"recorded_at" timestamp (3) with time zone,
	"note" text,
	"import_source" text,
	"import_id" text,
	"import_run_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"permissions" text[] NOT NULL,
	"built_in" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "roles_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "encounters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"status" text NOT NULL,
	"class_code" text NOT NULL,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"at" timestamp (3) with time zone,
	"at_precision" text,
	"ended_at" timestamp (3) with time zone,
	"ended_precision" text,
	"reason_system" text,
	"reason_code" text,
	"reason_display" text,
	"discharge_display" text,
	"provider_name" text,
	"facility_name" text,
	"import_source" text,
	"import_id" text,
	"import_run_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" uuid PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text NOT NULL,
	"event" text NOT NULL,
	"entity" text NOT NULL,
	"entity_id" text,
	"patient_id" uuid,
	"reason" text,
	"request_id" text,
	"address" text,
	"details" jsonb
);
--> statement-breakpoint
CREATE TABLE "observation_components" (
	"id" uuid PRIMARY KEY NOT NULL,
	"observation_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"value_number" numeric,
	"value_comparator" text,
	"value_unit" text,
	"value_unit_code" text,
	"value_text" text,
	"value_code_system" text,
	"value_code" text,
	"absent_reason" text,
	"reference_low" numeric,
	"reference_high" numeric,
	"reference_text" text,
	"interpretation" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "observations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"encounter_id" uuid,
	"status" text NOT NULL,
	"category" text,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"at" timestamp (3) with time zone,
	"at_precision" text,
	"issued_at" timestamp (3) with time zone,
	"value_number" numeric,
	"value_comparator" text,
	"value_unit" text,
	"value_unit_code" text,
	"value_text" text,
	"value_code_system" text,
	"value_code" text,
	"absent_reason" text,
	"reference_low" numeric,
	"reference_high" numeric,
	"reference_text" text,
	"interpretation" text,
	"note" text,
	"import_source" text,
	"import_id" text,
	"import_run_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
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
CREATE TABLE "departments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "departments_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "import_run_errors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"file_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"entry" integer,
	"resource_type" text,
	"resource_id" text,
	"field" text,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_run_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"name" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"records_total" integer DEFAULT 0 NOT NULL,
	"created" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"existing" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"skipped" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"refused" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error_count" integer DEFAULT 0 NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"status" text DEFAULT 'draft' NOT NULL,
	"origin" text NOT NULL,
	"source" text NOT NULL,
	"keep_good" boolean DEFAULT false NOT NULL,
	"files_total" integer DEFAULT 0 NOT NULL,
	"files_done" integer DEFAULT 0 NOT NULL,
	"records_done" integer DEFAULT 0 NOT NULL,
	"records_total" integer DEFAULT 0 NOT NULL,
	"created" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"existing" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"skipped" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"refused" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error_count" integer DEFAULT 0 NOT NULL,
	"started_by" uuid,
	"started_by_name" text NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"alive_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_uploads" (
	"file_id" uuid PRIMARY KEY NOT NULL,
	"content" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "immunizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"encounter_id" uuid,
	"status" text NOT NULL,
	"status_reason" text,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"at" timestamp (3) with time zone,
	"at_precision" text,
	"lot_number" text,
	"manufacturer" text,
	"dose_number" numeric,
	"dose_unit" text,
	"series_dose" text,
	"site" text,
	"route" text,
	"note" text,
	"import_source" text,
	"import_id" text,
	"import_run_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "patients" (
	"id" uuid PRIMARY KEY NOT NULL,
	"mrn" text NOT NULL,
	"first_name" text,
	"middle_name" text,
	"last_name" text,
	"sex" text NOT NULL,
	"born_on" date,
	"born_on_estimated" boolean DEFAULT false NOT NULL,
	"deceased_at" timestamp (3) with time zone,
	"status" text DEFAULT 'active' NOT NULL,
	"phone" text,
	"email" text,
	"national_id" text,
	"address_line" text,
	"city" text,
	"state" text,
	"postal_code" text,
	"country" text,
	"language" text,
	"blood_group" text,
	"marital_status" text,
	"emergency_contact_name" text,
	"emergency_contact_phone" text,
	"emergency_contact_relation" text,
	"notes" text,
	"over_limit" boolean DEFAULT false NOT NULL,
	"import_source" text,
	"import_id" text,
	"created_by" uuid,
	"deleted_at" timestamp (3) with time zone,
	"deleted_by" uuid,
	"delete_reason" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "patients_mrn_unique" UNIQUE("mrn"),
	CONSTRAINT "patients_named_or_unknown" CHECK ("patients"."first_name" is not null or "patients"."last_name" is not null or "patients"."born_on_estimated"),
	CONSTRAINT "patients_version_positive" CHECK ("patients"."version" > 0)
);
--> statement-breakpoint
CREATE TABLE "allergies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"patient_id" uuid NOT NULL,
	"encounter_id" uuid,
	"clinical_status" text NOT NULL,
	"verification_status" text,
	"kind" text,
	"categories" text[] NOT NULL,
	"criticality" text,
	"code_system" text,
	"code" text,
	"display" text NOT NULL,
	"at" timestamp (3) with time zone,
	"at_precision" text,
	"recorded_at" timestamp (3) with time zone,
	"last_occurrence_at" timestamp (3) with time zone,
	"reactions" text,
	"reaction_severity" text,
	"note" text,
	"import_source" text,
	"import_id" text,
	"import_run_id" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"version" integer DEFAULT 1 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_sessions_id_fk" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_users_id_fk" FOREIGN KEY ("person_id") REFERENCES "users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_role_id_roles_id_fk" FOREIGN KEY ("role_id") REFERENCES "roles"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_department_id_departments_id_fk" FOREIGN KEY ("department_id") REFERENCES "departments"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "medications" ADD CONSTRAINT "medications_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "medications" ADD CONSTRAINT "medications_encounter_id_encounters_id_fk" FOREIGN KEY ("encounter_id") REFERENCES "encounters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patient_identifiers" ADD CONSTRAINT "patient_identifiers_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procedures" ADD CONSTRAINT "procedures_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "procedures" ADD CONSTRAINT "procedures_encounter_id_encounters_id_fk" FOREIGN KEY ("encounter_id") REFERENCES "encounters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conditions" ADD CONSTRAINT "conditions_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conditions" ADD CONSTRAINT "conditions_encounter_id_encounters_id_fk" FOREIGN KEY ("encounter_id") REFERENCES "encounters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "encounters" ADD CONSTRAINT "encounters_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "observation_components" ADD CONSTRAINT "observation_components_observation_id_observations_id_fk" FOREIGN KEY ("observation_id") REFERENCES "observations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "observations" ADD CONSTRAINT "observations_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "observations" ADD CONSTRAINT "observations_encounter_id_encounters_id_fk" FOREIGN KEY ("encounter_id") REFERENCES "encounters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_run_errors" ADD CONSTRAINT "import_run_errors_run_id_import_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "import_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_run_errors" ADD CONSTRAINT "import_run_errors_file_id_import_run_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "import_run_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_run_files" ADD CONSTRAINT "import_run_files_run_id_import_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "import_runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_uploads" ADD CONSTRAINT "import_uploads_file_id_import_run_files_id_fk" FOREIGN KEY ("file_id") REFERENCES "import_run_files"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "immunizations" ADD CONSTRAINT "immunizations_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "immunizations" ADD CONSTRAINT "immunizations_encounter_id_encounters_id_fk" FOREIGN KEY ("encounter_id") REFERENCES "encounters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allergies" ADD CONSTRAINT "allergies_patient_id_patients_id_fk" FOREIGN KEY ("patient_id") REFERENCES "patients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "allergies" ADD CONSTRAINT "allergies_encounter_id_encounters_id_fk" FOREIGN KEY ("encounter_id") REFERENCES "encounters"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "refresh_tokens_session_id_index" ON "refresh_tokens" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "sessions_person_id_index" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "users_role_id_index" ON "users" USING btree ("role_id");--> statement-breakpoint
CREATE UNIQUE INDEX "medications_import" ON "medications" USING btree ("kind","import_source","import_id");--> statement-breakpoint
CREATE INDEX "medications_of_patient" ON "medications" USING btree ("patient_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "medications_of_encounter" ON "medications" USING btree ("encounter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "patient_identifiers_once" ON "patient_identifiers" USING btree ("patient_id","system","value");--> statement-breakpoint
CREATE INDEX "patient_identifiers_by_value" ON "patient_identifiers" USING btree ("value");--> statement-breakpoint
CREATE UNIQUE INDEX "procedures_import" ON "procedures" USING btree ("import_source","import_id");--> statement-breakpoint
CREATE INDEX "procedures_of_patient" ON "procedures" USING btree ("patient_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "procedures_of_encounter" ON "procedures" USING btree ("encounter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "conditions_import" ON "conditions" USING btree ("import_source","import_id");--> statement-breakpoint
CREATE INDEX "conditions_of_patient" ON "conditions" USING btree ("patient_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "conditions_of_encounter" ON "conditions" USING btree ("encounter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "encounters_import" ON "encounters" USING btree ("import_source","import_id");--> statement-breakpoint
CREATE INDEX "encounters_of_patient" ON "encounters" USING btree ("patient_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_log_at_index" ON "audit_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_log_patient_id_at_index" ON "audit_log" USING btree ("patient_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "observation_components_in_order" ON "observation_components" USING btree ("observation_id","position");--> statement-breakpoint
CREATE INDEX "observation_components_by_code" ON "observation_components" USING btree ("code_system","code");--> statement-breakpoint
CREATE UNIQUE INDEX "observations_import" ON "observations" USING btree ("import_source","import_id");--> statement-breakpoint
CREATE INDEX "observations_of_patient" ON "observations" USING btree ("patient_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "observations_of_patient_by_code" ON "observations" USING btree ("patient_id","code_system","code","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "observations_of_encounter" ON "observations" USING btree ("encounter_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_created_at_index" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "import_run_errors_in_order" ON "import_run_errors" USING btree ("file_id","position");--> statement-breakpoint
CREATE UNIQUE INDEX "import_run_files_in_order" ON "import_run_files" USING btree ("run_id","position");--> statement-breakpoint
CREATE INDEX "import_runs_recent" ON "import_runs" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "immunizations_import" ON "immunizations" USING btree ("import_source","import_id");--> statement-breakpoint
CREATE INDEX "immunizations_of_patient" ON "immunizations" USING btree ("patient_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "immunizations_of_encounter" ON "immunizations" USING btree ("encounter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "patients_import" ON "patients" USING btree ("import_source","import_id");--> statement-breakpoint
CREATE INDEX "patients_recent" ON "patients" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST) WHERE "patients"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "patients_by_name" ON "patients" USING btree ("last_name","first_name","id") WHERE "patients"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "patients_by_phone" ON "patients" USING btree ("phone");--> statement-breakpoint
CREATE UNIQUE INDEX "allergies_import" ON "allergies" USING btree ("import_source","import_id");--> statement-breakpoint
CREATE INDEX "allergies_of_patient" ON "allergies" USING btree ("patient_id","at" DESC NULLS LAST,"id" DESC NULLS LAST);