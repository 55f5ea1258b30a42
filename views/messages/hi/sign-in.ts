import type { Messages } from "../en.ts";

export const signIn: Messages["signIn"] = {
  title: "साइन इन",
  toHospital: (name) => `${name} में साइन इन करें`,
  toOwner: "मालिक पोर्टल में साइन इन करें",
  email: "ईमेल",
  password: "पासवर्ड",
  submit: "साइन इन करें",
  wrong: "ईमेल या पासवर्ड ग़लत है।",
  wrongHint: "दोनों जाँचकर फिर कोशिश करें। पासवर्ड में बड़े और छोटे अक्षर अलग होते हैं।",
  forgot: "पासवर्ड भूल गए? अपने अस्पताल के प्रशासक से कहें।",
  demoTitle: "प्रदर्शन खाते",
  demoHint: "हर प्रदर्शन खाते का पासवर्ड वहाँ छपा है जहाँ सर्वर चलाया गया था।",
  signedOut: "आप साइन आउट हो चुके हैं।",
  findTitle: "अपना अस्पताल खोजें",
  findLabel: "अस्पताल का पता",
  findHint: "उस पते का पहला भाग जो आपके अस्पताल ने आपको दिया है।",
  findSubmit: "साइन इन पर जाएँ",
};
