import { describe, expect, test } from "bun:test";
import { errorText } from "../../views/error-text.ts";
import { catalogue, languageOf, languages } from "../../views/messages/catalogue.ts";
import { counter } from "../../views/messages/counter.ts";
import { fieldErrorText } from "../../views/ui/form-state.ts";

type Entry = readonly [path: string, value: unknown];

function entriesOf(value: unknown, path = ""): Entry[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) =>
    entriesOf(inner, path === "" ? key : `${path}/${key}`),
  );
}

/** A text as it would be said, functions called with plausible arguments. */
function said(value: unknown): string {
  return typeof value === "function" ? String(value(3, "12")) : String(value);
}

const english = entriesOf(catalogue.en);

describe("the catalogue", () => {
  for (const lang of ["ur", "hi"] as const) {
    const entries = new Map(entriesOf(catalogue[lang]));

    test(`${lang} says all that English says, and nothing else`, () => {
      expect([...entries.keys()].toSorted()).toEqual(english.map(([path]) => path).toSorted());
    });

    test(`${lang} is written in its own script`, () => {
      const script = lang === "ur" ? /\p{Script=Arabic}/u : /\p{Script=Devanagari}/u;
      const bare = [...entries]
        .filter(([, value]) => !script.test(said(value)))
        .map(([path, value]) => `${path}: ${said(value)}`);
      // What is only figures and names of others is the same in every script.
      expect(bare.filter((line) => /[A-Za-z]{3}/.test(line.slice(line.indexOf(": "))))).toEqual([]);
    });

    test(`${lang} uses every argument that English uses`, () => {
      const dropped = english.filter(([path, value]) => {
        if (typeof value !== "function") return false;
        const other = entries.get(path);
        const marks = ["⟦a⟧", "⟦b⟧", "⟦c⟧"].slice(0, value.length);
        return marks.some(
          (mark) =>
            String(value(...marks)).includes(mark) &&
            !String((other as typeof value)(...marks)).includes(mark),
        );
      });
      expect(dropped.map(([path]) => path)).toEqual([]);
    });
  }

  test("no text is empty, shouts, or names what a hospital does not know", () => {
    // The API guide names the paths as they are.
    for (const [path, value] of english.filter(([path]) => !path.startsWith("docs/"))) {
      const text = said(value);
      expect([path, text.trim() === "" || /!|tenant|payload|sync tick/i.test(text)]).toEqual([path, false]);
    }
  });
});

describe("counts", () => {
  test("take the plural of their language and its grouping", () => {
    const forms = { one: "# patient", other: "# patients" };
    const inEnglish = counter("en-GB");
    expect([inEnglish(1, forms), inEnglish(0, forms), inEnglish(12_480, forms)]).toEqual([
      "1 patient",
      "0 patients",
      "12,480 patients",
    ]);
    // Hindi counts nothing with the singular.
    expect(counter("hi-IN")(0, forms)).toBe("0 patient");
    expect(counter("hi-IN")(1_234_567, forms)).toBe("12,34,567 patients");
  });
});

describe("languages", () => {
  test("are known by tag, whatever its region and case", () => {
    expect(languageOf("ur-PK")).toBe("ur");
    expect(languageOf("HI_in")).toBe("hi");
    expect(languageOf("fr")).toBeNull();
    expect(languageOf(undefined)).toBeNull();
    expect(languages.map((language) => language.code)).toEqual(["en", "ur", "hi"]);
  });
});

describe("the words of a refusal", () => {
  const inUrdu = { t: catalogue.ur, lang: "ur" } as const;
  const inEnglish = { t: catalogue.en, lang: "en" } as const;

  test("a code not in the catalogue falls back to its kind, or in English to the rule's own sentence", () => {
    const error = { kind: "conflict", code: "bed.taken-by-nobody", message: "Bed 4 is taken." } as const;
    expect(errorText(inUrdu, error)).toBe(catalogue.ur.errorKinds.conflict);
    expect(errorText(inEnglish, error)).toBe("Bed 4 is taken.");
  });

  test("an internal fault never shows its own sentence", () => {
    const error = { kind: "internal", code: "internal", message: "relation does not exist" } as const;
    expect(errorText(inEnglish, error)).toBe(catalogue.en.errorKinds.internal);
  });

  test("a field's error is the catalogue's by code, in English the rule's own", () => {
    const error = {
      field: "bornOn",
      code: "in-the-future",
      message: "The date of birth lies in the future.",
    };
    expect(fieldErrorText(inUrdu, error)).toBe(catalogue.ur.validation["in-the-future"]);
    expect(fieldErrorText(inEnglish, error)).toBe(error.message);
    expect(fieldErrorText(inUrdu, { ...error, code: "never-heard-of" })).toBe(
      catalogue.ur.validation.invalid,
    );
  });
});
