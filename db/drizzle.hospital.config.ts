import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./db/schema/hospital",
  out: "./db/migrations/hospital",
  casing: "snake_case",
});
