import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./db/schema/control",
  out: "./db/migrations/control",
  casing: "snake_case",
});
