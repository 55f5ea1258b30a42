import type { Children } from "@kitajs/html";
import type { Tone } from "../page.ts";
import { given } from "./given.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

const icons: Readonly<Record<Tone, IconName>> = {
  neutral: "info",
  info: "info",
  success: "circle-check",
  warning: "triangle-alert",
  danger: "octagon-alert",
};

/** Something the whole page stands under: a warning, a state. `live` where it appears without a reload. */
export function Banner(props: {
  tone: Tone;
  title: string;
  text?: string;
  icon?: IconName;
  live?: boolean;
  children?: Children;
}): JSX.Element {
  return (
    <div class={`banner banner-${props.tone}`} role={props.live === true ? "status" : undefined}>
      <Icon name={props.icon ?? icons[props.tone]} />
      <div class="banner-body">
        <p class="banner-title" safe>
          {props.title}
        </p>
        {props.text === undefined ? "" : <p safe>{props.text}</p>}
        {!given(props.children) ? "" : <div class="banner-actions">{props.children}</div>}
      </div>
    </div>
  );
}
