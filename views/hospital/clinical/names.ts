const semanticTag =
  /\s+\((?:procedure|disorder|finding|situation|regime\/therapy|event|observable entity|substance|product|morphologic abnormality|person|environment)\)$/;

/** A SNOMED CT name as it is spoken: "Acute bronchitis (disorder)" is acute bronchitis. */
export const plainName = (display: string | null): string => display?.replace(semanticTag, "") ?? "";
