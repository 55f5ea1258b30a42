import type { Children } from "@kitajs/html";
import { given } from "./given.ts";
/** A part of a page with its own heading: a card without decoration. */
export function Panel(props: {
  title: string;
  id?: string;
  /** Buttons or links at the end of the heading. */
  actions?: Children;
  /** Lets a table or list reach the panel's edges. */
  flush?: boolean;
  children: Children;
}): JSX.Element {
  return (
    <section class={["panel", props.flush === true && "panel-flush"]} id={props.id}>
      <header class="panel-header">
        <h2 safe>{props.title}</h2>
        {!given(props.actions) ? "" : <div class="panel-actions">{props.actions}</div>}
      </header>
      <div class="panel-body">{props.children}</div>
    </section>
  );
}
