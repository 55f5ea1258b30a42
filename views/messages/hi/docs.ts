import type { docs as english } from "../en/docs.ts";

export const docs: typeof english = {
  title: "API मार्गदर्शिका",
  intro:
    "पृष्ठों और इस API के पीछे एक ही नियम हैं। सूचियाँ कर्सर से पृष्ठों में मिलती हैं, हर पंक्ति का ETag होता है, और POST के साथ Idempotency-Key भेजी जा सकती है।",
  hosts:
    "/api/v1/owner से शुरू होने वाले पथ स्वामी पोर्टल के पते पर हैं; /api/v1/tenant से शुरू होने वाले हर अस्पताल के अपने पते पर।",
  signIn: "auth/login पर POST से साइन इन करें और टोकन को Authorization: Bearer में भेजें।",
  download: "OpenAPI दस्तावेज़ (JSON)",
  contents: "विषय-सूची",
  open: "साइन इन आवश्यक नहीं",
  parameters: "पैरामीटर",
  body: "मुख्य भाग",
  answers: "उत्तर",
  field: "फ़ील्ड",
  place: "स्थान",
  type: "प्रकार",
  note: "टिप्पणी",
  required: "आवश्यक",
  status: "स्थिति",
  meaning: "अर्थ",
};
