/** The words for a count, `#` standing for the figure: `{ one: "# patient", other: "# patients" }`. */
export interface CountForms {
  readonly one: string;
  readonly other: string;
}

/** How a language says a count: the plural form by its own rules, the figure in its own grouping. */
export function counter(locale: string): (count: number, forms: CountForms) => string {
  const rules = new Intl.PluralRules(locale);
  const figures = new Intl.NumberFormat(locale);
  return (count, forms) => {
    const form = rules.select(count) === "one" ? forms.one : forms.other;
    return form.replace("#", figures.format(count));
  };
}
