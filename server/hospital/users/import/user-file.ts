import { CsvError, parse } from "csv-parse/sync";
import { AppError } from "../../../errors.ts";

/** One line of a list of staff as it was written, columns found by their names. */
export interface FileRow {
  readonly line: number;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly role: string;
  /** The primary one first, apart at semicolons. */
  readonly departments: string;
  readonly scope: string;
}

export const userFileRowLimit = 5_000;
export const userFileSizeLimit = 2 * 1024 * 1024;

const columns = ["name", "email", "phone", "role", "departments", "scope"] as const;
const needed = ["name", "email", "role"] as const;
/** What a column may be called beside its own name. */
const alsoCalled: Readonly<Record<string, (typeof columns)[number]>> = {
  "e-mail": "email",
  "email address": "email",
  "full name": "name",
  department: "departments",
  mobile: "phone",
};

/** What to fill in, with one line that shows how. */
export const userFileTemplate = [
  "name,email,phone,role,departments,scope",
  'Nadia Rahman,nadia.rahman@hospital.example,+92 300 1234567,nurse,"Nursing; Emergency",hospital',
  "",
].join("\r\n");

const refused = (code: string, message: string) =>
  new AppError("invalid", "input.invalid", message, { fields: [{ field: "file", code, message }] });

/**
 * Reads a list of staff: CSV in UTF-8 with a first line of column names, apart at commas, semicolons or tabs.
 * @throws AppError invalid (422) naming `file`; too-large (413).
 */
// open: pure
export function readUserFile(bytes: Uint8Array): readonly FileRow[] {
  if (bytes.byteLength > userFileSizeLimit)
    throw new AppError("too-large", "body.too-large", "The file is larger than 2 MB. Divide it.", {
      fields: [
        { field: "file", code: "file-too-large", message: "The file is larger than 2 MB. Divide it." },
      ],
    });
  const records = recordsOf(bytes);
  const [head, ...body] = records;
  if (head === undefined) throw refused("not-a-file", "The file is empty. Choose one with a line a person.");
  const at = placesOf(head.record);
  if (body.length === 0)
    throw refused("not-a-file", "The file names its columns and nobody. Add a line a person.");
  if (body.length > userFileRowLimit)
    throw refused("too-many", `The file has more than ${userFileRowLimit} people. Divide it.`);
  return body.map(({ record, info }) => {
    const cell = (name: (typeof columns)[number]) => {
      const place = at.get(name);
      return place === undefined ? "" : (record[place] ?? "").normalize("NFC").slice(0, 1_000);
    };
    return {
      line: info.lines,
      name: cell("name"),
      email: cell("email"),
      phone: cell("phone"),
      role: cell("role"),
      departments: cell("departments"),
      scope: cell("scope"),
    };
  });
}

interface Record_ {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function recordsOf(bytes: Uint8Array): readonly Record_[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError("invalid", "input.invalid", "The file is not text in UTF-8.", {
      cause,
      fields: [{ field: "file", code: "wrong-file-type", message: "Save the file as CSV in UTF-8." }],
    });
  }
  if (text.includes("\u0000")) throw refused("wrong-file-type", "This is not a CSV file.");
  const [first = ""] = text.split(/\r?\n/, 1);
  const delimiter = [",", ";", "\t"].find((mark) => first.includes(mark)) ?? ",";
  try {
    return parse(text, {
      bom: true,
      delimiter,
      info: true,
      trim: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
      max_record_size: 20_000,
      to: userFileRowLimit + 2,
    }) as unknown as readonly Record_[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line: unknown = Reflect.get(error, "lines");
    throw refused(
      "wrong-file-type",
      `Line ${typeof line === "number" ? line : 1} can't be read as CSV: a quotation mark is missing or too many.`,
    );
  }
}

function placesOf(head: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [index, given] of head.entries()) {
    const name = given.trim().toLowerCase().replaceAll("_", " ");
    const known = columns.find((column) => column === name) ?? alsoCalled[name];
    if (known !== undefined && !places.has(known)) places.set(known, index);
  }
  const missing = needed.filter((name) => !places.has(name));
  if (missing.length > 0)
    throw refused(
      "wrong-file-type",
      `The first line has to name the columns; ${missing.join(", ")} is missing.`,
    );
  return places;
}
