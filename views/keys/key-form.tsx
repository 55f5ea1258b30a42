import type { Page } from "../page.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { CheckboxGroup, RadioGroup, Select } from "../ui/choices.tsx";
import { Form, FormActions, FormErrors, FormSection } from "../ui/form.tsx";
import { emptyForm, type FormState } from "../ui/form-state.ts";
import { DateInput, NumberInput, Textarea, TextInput } from "../ui/inputs.tsx";

/** Rights of one group, with what each is called and whether who asks may give it. */
export interface ScopeGroup {
  readonly key: string;
  readonly label: string;
  readonly scopes: readonly { readonly value: string; readonly label: string; readonly mine: boolean }[];
}

export interface KeyFormProps {
  readonly page: Page;
  readonly form: FormState;
  readonly whole?: string;
  /** Null: a new one. */
  readonly editing: { readonly id: string; readonly version: number; readonly kind: "api" | "app" } | null;
  readonly groups: readonly ScopeGroup[];
  readonly chosen: readonly string[];
}

/** A key's name, rights and bounds. */
export function KeyForm(props: KeyFormProps): JSX.Element {
  const { page, form, editing } = props;
  const { actions, keys: t } = page.t;
  const it = { page, form };
  return (
    <>
      <FormErrors
        page={page}
        form={form}
        labels={{ name: t.name, scopes: t.scopes, networks: t.networks, expiresAt: t.expires }}
        {...(props.whole === undefined ? {} : { whole: props.whole })}
      />
      <Form
        page={page}
        action={editing === null ? "/keys" : `/keys/${editing.id}`}
        {...(editing === null ? {} : { version: editing.version })}
      >
        <TextInput {...it} name="name" label={t.name} hint={t.nameHint} maxlength={80} />
        {editing === null ? (
          <RadioGroup
            {...it}
            name="kind"
            label={t.kind}
            options={(["api", "app"] as const).map((kind) => ({
              ...{ value: kind, label: t.kinds[kind], hint: t.kindHints[kind] },
            }))}
          />
        ) : (
          ""
        )}
        {editing?.kind === "app" ? "" : <Scopes {...props} />}
        <Textarea {...it} name="networks" label={t.networks} hint={t.networksHint} rows={2} optional />
        <DateInput {...it} name="expiresAt" label={t.expires} hint={t.expiresHint} optional />
        <NumberInput {...it} name="callsPerMinute" label={t.perMinute} hint={t.perMinuteHint} optional />
        <FormActions>
          <Button label={editing === null ? t.add : actions.save} look="primary" />
          <LinkButton href="/keys" label={actions.cancel} />
        </FormActions>
      </Form>
    </>
  );
}

function Scopes({ page, form, groups, chosen }: KeyFormProps): JSX.Element {
  const t = page.t.keys;
  return (
    <FormSection title={t.scopes} hint={t.scopesHint} columns>
      {groups.map((group) => (
        <CheckboxGroup
          page={page}
          form={{ ...form, idPrefix: `f-${group.key}` }}
          name="scopes"
          label={group.label}
          chosen={chosen}
          options={group.scopes.map(({ value, label, mine }) => ({ value, label, disabled: !mine }))}
        />
      ))}
    </FormSection>
  );
}

const overlaps = { "0": "h0", "1": "h1", "24": "h24", "72": "h72", "168": "h168" } as const;

/** A new secret, and how long the old one goes on. */
export function RotateForm({ page, id }: { page: Page; id: string }): JSX.Element {
  const t = page.t.keys;
  const form: FormState = { ...emptyForm, values: { overlapHours: "24" }, idPrefix: "rotate" };
  return (
    <Form page={page} action={`/keys/${id}/rotation`}>
      <p safe>{t.rotateText}</p>
      <Select
        page={page}
        form={form}
        name="overlapHours"
        label={t.overlap}
        options={Object.entries(overlaps).map(([value, name]) => ({ value, label: t.overlaps[name] }))}
      />
      <FormActions>
        <Button label={t.rotate} icon="refresh-cw" />
      </FormActions>
    </Form>
  );
}
