import { mrnGroups } from "../format.ts";

/** A name, number or code of unknown script inside a sentence: kept from pulling its neighbours about. */
export function Bdi(props: { text: string; class?: string }): JSX.Element {
  return (
    <bdi class={props.class} safe>
      {props.text}
    </bdi>
  );
}

/** A record number, code or key, in the face where 0 and O differ. Always left to right. */
export function Code(props: { text: string; class?: string }): JSX.Element {
  return (
    <span class={["code", props.class]} dir="ltr" safe>
      {props.text}
    </span>
  );
}

/** A record number in groups that can be read out. The gaps are only seen: what is copied is the number itself. */
export function Mrn(props: { mrn: string }): JSX.Element {
  return (
    <span class="code mrn" dir="ltr" data-mrn={props.mrn}>
      {mrnGroups(props.mrn).map((group) => (
        <span safe>{group}</span>
      ))}
    </span>
  );
}
