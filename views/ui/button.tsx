import { Icon } from "./icon.tsx";
import type { IconName } from "./icons.ts";

export type ButtonLook = "primary" | "secondary" | "ghost" | "danger" | "danger-quiet";

interface Shared {
  readonly label: string;
  readonly look?: ButtonLook;
  readonly icon?: IconName;
  readonly size?: "small" | "normal" | "large";
  /** Shows the icon alone; the label becomes its name. Needs `icon`. */
  readonly iconOnly?: boolean;
  readonly id?: string;
  readonly class?: string;
}

export interface ButtonProps extends Shared {
  readonly type?: "submit" | "button" | "reset";
  readonly name?: string;
  readonly value?: string;
  readonly form?: string;
  readonly disabled?: boolean;
  /** Id of the dialog that this button closes or opens. */
  readonly opens?: string;
  readonly closes?: string;
  readonly formaction?: string;
  readonly formnovalidate?: boolean;
}

/** A button that acts. `submit` by default; the page's one primary action has the look `primary`. */
export function Button(props: ButtonProps): JSX.Element {
  return (
    <button
      type={props.type ?? "submit"}
      id={props.id}
      class={classOf(props)}
      name={props.name}
      value={props.value}
      form={props.form}
      disabled={props.disabled}
      formaction={props.formaction}
      formnovalidate={props.formnovalidate}
      data-dialog-open={props.opens}
      data-dialog-close={props.closes}
      aria-label={props.iconOnly === true ? props.label : undefined}
      title={props.iconOnly === true ? props.label : undefined}
    >
      <Inside {...props} />
    </button>
  );
}

/**
 * A link that looks like a button. `opens`: the dialog that shows the same in place; without script the
 * link leads to the page `href`.
 */
export function LinkButton(
  props: Shared & { href: string; opens?: string; download?: boolean },
): JSX.Element {
  return (
    <a
      href={props.href}
      id={props.id}
      class={classOf(props)}
      download={props.download === true ? "" : undefined}
      data-dialog-open={props.opens}
      aria-label={props.iconOnly === true ? props.label : undefined}
      title={props.iconOnly === true ? props.label : undefined}
    >
      <Inside {...props} />
    </a>
  );
}

function Inside(props: Shared): JSX.Element {
  return (
    <>
      {props.icon === undefined ? "" : <Icon name={props.icon} />}
      {props.iconOnly === true ? "" : <span safe>{props.label}</span>}
    </>
  );
}

function classOf(props: Shared): (string | false | undefined)[] {
  return [
    "btn",
    `btn-${props.look ?? "secondary"}`,
    props.size !== undefined && props.size !== "normal" && `btn-${props.size}`,
    props.iconOnly === true && "btn-icon",
    props.class,
  ];
}
