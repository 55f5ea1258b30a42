import type { Node } from "../read-bundle.ts";
import type { Coded, Quantity, Reader } from "../reader.ts";

/** A value as it is kept: a number with its unit, or words, coded where they were. */
export interface MeasuredValues {
  readonly valueNumber: string | null;
  readonly valueComparator: Quantity["comparator"];
  readonly valueUnit: string | null;
  readonly valueUnitCode: string | null;
  readonly valueText: string | null;
  readonly valueCodeSystem: string | null;
  readonly valueCode: string | null;
  readonly absentReason: string | null;
}

export interface ReferenceValues {
  readonly referenceLow: string | null;
  readonly referenceHigh: string | null;
  readonly referenceText: string | null;
  readonly interpretation: string | null;
}

type ValueOnly = Omit<MeasuredValues, "absentReason">;

const nothing: ValueOnly = {
  valueNumber: null,
  valueComparator: null,
  valueUnit: null,
  valueUnitCode: null,
  valueText: null,
  valueCodeSystem: null,
  valueCode: null,
};

const ofWords = (valueText: string | null): ValueOnly => ({ ...nothing, valueText });

const ofConcept = (concept: Coded | null): ValueOnly =>
  concept === null
    ? nothing
    : {
        ...nothing,
        valueText: concept.display,
        valueCodeSystem: concept.codeSystem,
        valueCode: concept.code,
      };

const ofQuantity = (quantity: Quantity | null): ValueOnly =>
  quantity === null
    ? nothing
    : {
        ...nothing,
        valueNumber: quantity.number,
        valueComparator: quantity.comparator,
        valueUnit: quantity.unit,
        valueUnitCode: quantity.unitCode,
      };

const shown = (quantity: Quantity | null) =>
  quantity === null
    ? ""
    : [quantity.comparator ?? "", quantity.number, quantity.unit ? ` ${quantity.unit}` : ""].join("");

/** How each kind of `value[x]` is kept. What is not listed here is refused rather than lost. */
const kinds: Readonly<Record<string, (read: Reader, value: unknown, field: string) => ValueOnly>> = {
  valueQuantity: (read, value, field) => ofQuantity(read.quantity(value, field)),
  valueInteger: (read, value, field) => ({ ...nothing, valueNumber: read.decimal(value, field) }),
  valueCodeableConcept: (read, value, field) => ofConcept(read.concept(value, field)),
  valueString: (read, value, field) => ofWords(read.lines(value, field)),
  valueBoolean: (read, value, field) => {
    const flag = read.flag(value, field);
    return {
      ...nothing,
      valueText: flag === null ? null : flag ? "Yes" : "No",
      valueCode: flag === null ? null : String(flag),
    };
  },
  valueDateTime: (read, value, field) =>
    ofWords(read.moment(value, field) === null ? null : read.text(value, field)),
  valueTime: (read, value, field) => ofWords(read.text(value, field, 40)),
  valueRange: (read, value, field) => {
    const range = read.object(value, field) ?? {};
    const low = shown(read.quantity(range["low"], `${field}.low`));
    const high = shown(read.quantity(range["high"], `${field}.high`));
    return ofWords([low, high].filter(Boolean).join(" – ") || null);
  },
  valueRatio: (read, value, field) => {
    const ratio = read.object(value, field) ?? {};
    const over = shown(read.quantity(ratio["numerator"], `${field}.numerator`));
    const under = shown(read.quantity(ratio["denominator"], `${field}.denominator`));
    return ofWords([over, under].filter(Boolean).join(" : ") || null);
  },
  valuePeriod: (read, value, field) => {
    const period = read.object(value, field) ?? {};
    const ends = ["start", "end"].map((end) =>
      read.moment(period[end], `${field}.${end}`) === null
        ? ""
        : (read.text(period[end], `${field}.${end}`) ?? ""),
    );
    return ofWords(ends.filter(Boolean).join(" – ") || null);
  },
};

/** The value of an Observation or of one of its components; `at` is the path to it, empty or ending in a dot. */
export function readMeasured(read: Reader, record: Node, at = ""): MeasuredValues {
  const absentReason = read.concept(record["dataAbsentReason"], `${at}dataAbsentReason`)?.display ?? null;
  const key = Object.keys(record).find((name) => /^value[A-Z]/.test(name));
  if (key === undefined) return { ...nothing, absentReason };
  const kind = kinds[key];
  if (kind === undefined) read.fault(`${at}${key}`, "not-kept");
  return { ...(kind?.(read, record[key], `${at}${key}`) ?? nothing), absentReason };
}

/** The first range and the flag that came with a value. */
export function readReference(read: Reader, record: Node, at = ""): ReferenceValues {
  const [range, field] = read.objects(record["referenceRange"], `${at}referenceRange`)[0] ?? [{}, ""];
  const [flag, flagField] = read.objects(record["interpretation"], `${at}interpretation`)[0] ?? [
    undefined,
    "",
  ];
  const interpretation = read.concept(flag, flagField);
  return {
    referenceLow: read.quantity(range["low"], `${field}.low`)?.number ?? null,
    referenceHigh: read.quantity(range["high"], `${field}.high`)?.number ?? null,
    referenceText: read.text(range["text"], `${field}.text`, 500),
    interpretation: interpretation?.code ?? interpretation?.display ?? null,
  };
}
