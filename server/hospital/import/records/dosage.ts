import type { Node } from "../read-bundle.ts";
import type { Reader } from "../reader.ts";

export interface DosageValues {
  readonly dosageText: string | null;
  readonly doseNumber: string | null;
  readonly doseUnit: string | null;
  readonly frequency: string | null;
  readonly period: string | null;
  readonly periodUnit: string | null;
  readonly asNeeded: boolean | null;
  readonly route: string | null;
}

/** How to take a medicine: the numbers of the first instruction, and the words of all. */
export function readDosage(read: Reader, value: unknown, field: string): DosageValues {
  const instructions = read.objects(value, field);
  const texts = instructions.flatMap(
    ([node, path]) =>
      read.lines(node["text"], `${path}.text`, 2_000) ??
      read.lines(node["patientInstruction"], `${path}.patientInstruction`, 2_000) ??
      [],
  );
  const [first, path] = instructions[0] ?? [{}, field];
  const dose = readDose(read, first, path);
  const timing = read.object(first["timing"], `${path}.timing`) ?? {};
  const repeat = read.object(timing["repeat"], `${path}.timing.repeat`) ?? {};
  const reason = read.concept(first["asNeededCodeableConcept"], `${path}.asNeededCodeableConcept`);
  return {
    dosageText: texts.length > 0 ? texts.join("; ") : null,
    doseNumber: dose?.number ?? null,
    doseUnit: dose?.unit ?? null,
    frequency: read.decimal(repeat["frequency"], `${path}.timing.repeat.frequency`),
    period: read.decimal(repeat["period"], `${path}.timing.repeat.period`),
    periodUnit: read.oneOf(repeat["periodUnit"], `${path}.timing.repeat.periodUnit`, [
      "s",
      "min",
      "h",
      "d",
      "wk",
      "mo",
      "a",
    ]),
    asNeeded:
      read.flag(first["asNeededBoolean"], `${path}.asNeededBoolean`) ?? (reason === null ? null : true),
    route: read.concept(first["route"], `${path}.route`)?.display ?? null,
  };
}

function readDose(read: Reader, instruction: Node, path: string) {
  const [dose, doseField] = read.objects(instruction["doseAndRate"], `${path}.doseAndRate`)[0] ?? [
    instruction,
    path,
  ];
  return read.quantity(dose["doseQuantity"], `${doseField}.doseQuantity`);
}
