import { type Moment, momentOf } from "./moments.ts";
import { Decimal, isNode, type Node } from "./read-bundle.ts";

/** What is wrong with one record: the path within it, a stable code, and words. */
export interface Issue {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface Coded {
  readonly codeSystem: string | null;
  readonly code: string | null;
  readonly display: string;
}

export interface Quantity {
  readonly number: string;
  readonly comparator: "<" | "<=" | ">=" | ">" | null;
  readonly unit: string | null;
  readonly unitCode: string | null;
}

/** What the records around one record say: who a reference names, and which zone a day is in. */
export interface Surroundings {
  readonly timeZone: string;
  /** The hospital's day, `YYYY-MM-DD`. */
  readonly today: string;
  /** The record of the same bundle that a reference means, or null. */
  readonly find: (reference: string) => Node | null;
}

const words: Readonly<Record<string, string>> = {
  required: "This is missing.",
  "not-text": "This must be text.",
  "not-a-list": "This must be a list.",
  "not-an-object": "This must be an object.",
  "too-long": "This is too long.",
  "control-characters": "This holds hidden characters.",
  "not-a-number": "This is not a number.",
  "not-one-of": "This is not one of the values that FHIR R4 allows here.",
  "not-a-date": "This is not a date.",
  "date-out-of-range": "This date lies outside the years 1800 to 2200.",
  "no-zone": "This time names no time zone.",
  "not-true-or-false": "This must be true or false.",
  "in-the-future": "This lies in the future.",
  "ends-before-start": "This ends before it starts.",
  "not-kept": "A value of this kind cannot be kept.",
};

/** Control characters, marks that turn text round, byte order marks; lone halves of a character. */
const hidden = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/u;
const hiddenInLines = /(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/u;
const decimal = /^-?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?$/;

/**
 * Reads the values of one FHIR record. What is absent is null; what is malformed is null and noted in `issues`,
 * so that a record's faults are all found at once.
 */
export class Reader {
  readonly issues: Issue[] = [];
  readonly around: Surroundings;

  constructor(around: Surroundings) {
    this.around = around;
  }

  fault(field: string, code: string, message = words[code] ?? "This is not valid."): null {
    this.issues.push({ field, code, message });
    return null;
  }

  text(value: unknown, field: string, max = 250): string | null {
    return this.#text(value, field, max, hidden);
  }

  /** Text that may have several lines. */
  lines(value: unknown, field: string, max = 20_000): string | null {
    return this.#text(value, field, max, hiddenInLines);
  }

  #text(value: unknown, field: string, max: number, forbidden: RegExp): string | null {
    if (value === undefined || value === null) return null;
    if (typeof value !== "string") return this.fault(field, "not-text");
    const trimmed = value.normalize("NFC").trim();
    if (trimmed.length > max) return this.fault(field, "too-long");
    if (forbidden.test(trimmed)) return this.fault(field, "control-characters");
    return trimmed === "" ? null : trimmed;
  }

  list(value: unknown, field: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.fault(field, "not-a-list");
    return [];
  }

  object(value: unknown, field: string): Node | null {
    if (value === undefined || value === null) return null;
    return isNode(value) ? value : this.fault(field, "not-an-object");
  }

  /** The objects of a list, each with its path. */
  objects(value: unknown, field: string): readonly (readonly [Node, string])[] {
    return this.list(value, field).flatMap((item, index) => {
      const path = `${field}[${index}]`;
      const node = this.object(item, path);
      return node === null ? [] : [[node, path] as const];
    });
  }

  flag(value: unknown, field: string): boolean | null {
    if (value === undefined || value === null) return null;
    return typeof value === "boolean" ? value : this.fault(field, "not-true-or-false");
  }

  oneOf<const T extends string>(value: unknown, field: string, allowed: readonly T[]): T | null {
    const text = this.text(value, field, 100);
    if (text === null) return null;
    return allowed.find((candidate) => candidate === text) ?? this.fault(field, "not-one-of");
  }

  /** The same, where the record may not be without it; `otherwise` stands in only where a fault is noted. */
  mustBeOneOf<const T extends string>(
    value: unknown,
    field: string,
    allowed: readonly T[],
    otherwise: NoInfer<T>,
  ): T {
    if (value === undefined || value === null) this.fault(field, "required");
    return this.oneOf(value, field, allowed) ?? otherwise;
  }

  moment(value: unknown, field: string): Moment | null {
    const text = this.text(value, field, 40);
    if (text === null) return null;
    const moment = momentOf(text, this.around.timeZone);
    return typeof moment === "string" ? this.fault(field, moment) : moment;
  }

  /** A decimal, with the digits it was written with. */
  decimal(value: unknown, field: string): string | null {
    if (value === undefined || value === null) return null;
    const source = value instanceof Decimal ? value.source : typeof value === "number" ? String(value) : "";
    return decimal.test(source) ? source : this.fault(field, "not-a-number");
  }

  /** The first coding of a CodeableConcept, and its words: its own text, or the coding's, or the code. */
  concept(value: unknown, field: string): Coded | null {
    const concept = this.object(value, field);
    if (concept === null) return null;
    const codings = this.objects(concept["coding"], `${field}.coding`);
    const [coding, path] = codings.find(([node]) => node["userSelected"] === true) ??
      codings[0] ?? [{}, field];
    const code = this.text(coding["code"], `${path}.code`, 250);
    const display = this.text(coding["display"], `${path}.display`, 1_000);
    const text = this.text(concept["text"], `${field}.text`, 1_000);
    const shown = text ?? display ?? code;
    if (shown === null) return null;
    return { codeSystem: this.text(coding["system"], `${path}.system`, 250), code, display: shown };
  }

  mustBeConcept(value: unknown, field: string): Coded {
    const before = this.issues.length;
    const concept = this.concept(value, field);
    if (concept === null && this.issues.length === before) this.fault(field, "required");
    return concept ?? { codeSystem: null, code: null, display: "" };
  }

  /** The words of each concept of a list, apart by semicolons. */
  concepts(value: unknown, field: string): string | null {
    const shown = this.objects(value, field).flatMap(
      ([node, path]) => this.concept(node, path)?.display ?? [],
    );
    return shown.length > 0 ? shown.join("; ") : null;
  }

  quantity(value: unknown, field: string): Quantity | null {
    const quantity = this.object(value, field);
    if (quantity === null) return null;
    const number = this.decimal(quantity["value"], `${field}.value`);
    if (number === null) return null;
    const unitCode = this.text(quantity["code"], `${field}.code`, 100);
    return {
      number,
      comparator: this.oneOf(quantity["comparator"], `${field}.comparator`, ["<", "<=", ">=", ">"]),
      unit: this.text(quantity["unit"], `${field}.unit`, 100) ?? unitCode,
      unitCode: quantity["system"] === "http://unitsofmeasure.org" ? unitCode : null,
    };
  }

  /** What a Reference points to, or null where it has only words. */
  reference(value: unknown, field: string): string | null {
    const reference = this.object(value, field);
    return reference === null ? null : this.text(reference["reference"], `${field}.reference`, 1_000);
  }

  /** The name of whom or what a Reference means: a person, an organisation, a diagnosis. */
  nameOf(value: unknown, field: string): string | null {
    const reference = this.object(value, field);
    if (reference === null) return null;
    const display = this.text(reference["display"], `${field}.display`, 500);
    if (display !== null) return display;
    const target = this.reference(reference, field);
    const found = target === null ? null : this.around.find(target);
    return found === null ? null : nameOfRecord(found);
  }

  /** The texts of a list of Annotations. */
  notes(value: unknown, field: string): string | null {
    const notes = this.objects(value, field).flatMap(
      ([node, path]) => this.lines(node["text"], `${path}.text`) ?? [],
    );
    return notes.length > 0 ? notes.join("\n\n") : null;
  }
}

/** The name that a record of another kind goes by; only ever shown, so that a malformed one is no fault. */
function nameOfRecord(record: Node): string | null {
  const { name, code } = record;
  const given =
    typeof name === "string" ? name : Array.isArray(name) ? personName(name[0]) : conceptName(code);
  const clean = given?.trim().slice(0, 500) ?? "";
  return clean === "" || hidden.test(clean) ? null : clean;
}

function personName(name: unknown): string | null {
  if (!isNode(name)) return null;
  if (typeof name["text"] === "string") return name["text"];
  const parts = [name["prefix"], name["given"], name["family"]].flat();
  return parts.filter((part) => typeof part === "string").join(" ");
}

function conceptName(concept: unknown): string | null {
  if (!isNode(concept)) return null;
  const coding: unknown = Array.isArray(concept["coding"]) ? concept["coding"][0] : null;
  const shown = concept["text"] ?? (isNode(coding) ? coding["display"] : null);
  return typeof shown === "string" ? shown : null;
}
