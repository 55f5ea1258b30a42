/** Whether markup was handed in. A call, since a comparison in place would hide from xss-scan that it is markup. */
export function given(children: unknown): boolean {
  return children !== undefined && children !== "";
}
