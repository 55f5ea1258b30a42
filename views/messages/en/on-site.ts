/** A hospital on a server of its own: what stands over its pages here and there. */
export const onSite = {
  title: "Read only: this hospital runs on its own server",
  asOf: (clock: string, behind: string) => `As of ${clock}, ${behind} behind. Changes are made there.`,
  silent: (since: string) => `No report since ${since}. What you see here may be out of date.`,
  never: "It has not reported yet.",
  open: "Open the hospital's server",
  lapsed: "Reading only: the provider has not been heard for too long",
  lapsedText:
    "Records can be read, and emergencies registered. Connect this server to the internet, or call the provider.",
  replaced: "Another server has taken this one's place",
  replacedText:
    "Nothing is changed here any more. What was not sent is kept on this server: tell the provider.",
  ending: "The provider has not been heard for a while",
  endingText: (until: string) =>
    `Everything works until ${until}. Connect this server to the internet before then.`,
};
