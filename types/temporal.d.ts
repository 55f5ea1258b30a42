/** The few words of Temporal (native in the runtime) that are used here, until the compiler's own library has them. */
declare namespace Temporal {
  class PlainDate {
    static from(text: string, options?: { readonly overflow?: "reject" | "constrain" }): PlainDate;
    toZonedDateTime(timeZone: string): ZonedDateTime;
    add(duration: { readonly days: number }): PlainDate;
    toString(): string;
  }
  class ZonedDateTime {
    readonly epochMilliseconds: number;
    toPlainDate(): PlainDate;
  }
  class Instant {
    static fromEpochMilliseconds(milliseconds: number): Instant;
    toZonedDateTimeISO(timeZone: string): ZonedDateTime;
  }
}
