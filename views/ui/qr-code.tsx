import { encode } from "uqr";

/** A QR code, drawn here: dark on light whatever the theme, since cameras want it so. `label` says what it is for. */
export function QrCode(props: { text: string; label: string }): JSX.Element {
  const { size, data } = encode(props.text, { ecc: "M", border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={props.label}>
      <rect width={String(size)} height={String(size)} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
