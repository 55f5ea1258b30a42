import type { docs as english } from "../en/docs.ts";

export const docs: typeof english = {
  title: "API رہنما",
  intro:
    "صفحات اور اس API کے پیچھے ایک ہی اصول ہیں۔ فہرستیں کرسر سے صفحہ بہ صفحہ ملتی ہیں، ہر اندراج کا ETag ہوتا ہے، اور POST کے ساتھ Idempotency-Key بھیجی جا سکتی ہے۔",
  hosts:
    "جو راستے ‎/api/v1/owner سے شروع ہوں وہ مالک پورٹل کے پتے پر ہیں؛ جو ‎/api/v1/tenant سے شروع ہوں وہ ہر ہسپتال کے اپنے پتے پر۔",
  signIn: "auth/login پر POST سے سائن اِن کریں اور ٹوکن کو Authorization: Bearer میں بھیجیں۔",
  download: "OpenAPI دستاویز (JSON)",
  contents: "فہرست",
  open: "سائن اِن درکار نہیں",
  parameters: "پیرامیٹر",
  body: "متن",
  answers: "جوابات",
  field: "خانہ",
  place: "جگہ",
  type: "قسم",
  note: "وضاحت",
  required: "لازمی",
  status: "حالت",
  meaning: "مطلب",
};
