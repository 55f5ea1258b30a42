import type { Children } from "@kitajs/html";
import type { Page } from "../page.ts";
import { given } from "./given.ts";

export interface Description {
  readonly term: string;
  /** Plain text, escaped; null or empty says "not given". */
  readonly text?: string | null;
  /** Markup, where text will not do. */
  readonly value?: Children;
}

/** What is known of one thing: term and value, in two columns where there is room. */
export function DescriptionList(props: {
  page: Pick<Page, "t">;
  items: readonly Description[];
}): JSX.Element {
  return (
    <dl class="description">
      {props.items.map((item) => (
        <div>
          <dt safe>{item.term}</dt>
          <dd>{!given(item.value) ? <Plain page={props.page} text={item.text} /> : item.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Plain(props: { page: Pick<Page, "t">; text: string | null | undefined }): JSX.Element {
  if (props.text === undefined || props.text === null || props.text === "") {
    return (
      <span class="faint" safe>
        {props.page.t.form.notGiven}
      </span>
    );
  }
  return <bdi safe>{props.text}</bdi>;
}
