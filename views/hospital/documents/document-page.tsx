import type { Document } from "../../../server/hospital/documents/documents.ts";
import { formatBytes } from "../../format.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button, LinkButton } from "../../ui/button.tsx";
import { DescriptionList } from "../../ui/description-list.tsx";
import { CsrfField, Form, FormActions, FormErrors } from "../../ui/form.tsx";
import type { FormState } from "../../ui/form-state.ts";
import { TextInput } from "../../ui/inputs.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Instant } from "../../ui/time.tsx";
import { PatientLayout } from "../patients/patient-page.tsx";
import { KindSelect } from "./document-form-page.tsx";
import { BringBack, type Shell } from "./documents-page.tsx";

interface DocumentProps extends Shell {
  readonly document: Document;
  /** Whether its file lies on this server. */
  readonly isHere: boolean;
  readonly form: FormState;
  readonly whole?: string;
  readonly mayEdit: boolean;
}

/** One document: what it shows, what is known of it, and what it is called. */
export function DocumentPage(props: DocumentProps): JSX.Element {
  const { page, document, mayEdit } = props;
  const { documents: t } = page.t;
  const isDeleted = document.deletedAt !== null;
  return (
    <PatientLayout {...props} tab="documents">
      {isDeleted ? (
        <Banner
          tone="warning"
          icon="trash-2"
          title={t.removed(document.title)}
          {...(document.deletedByName === null ? {} : { text: t.deletedBy(document.deletedByName) })}
        >
          {mayEdit ? <BringBack page={page} document={document} /> : ""}
        </Banner>
      ) : (
        <Shown {...props} />
      )}
      <Facts {...props} />
      {mayEdit && !isDeleted ? <Edit {...props} /> : ""}
    </PatientLayout>
  );
}

function Shown({ page, document, isHere }: DocumentProps): JSX.Element {
  const { documents: t } = page.t;
  const content = `/patients/${document.patientId}/documents/${document.id}/content`;
  if (!isHere)
    return (
      <Panel title={document.title}>
        <Banner tone="info" title={t.noPreview} />
      </Panel>
    );
  const acts = (
    <>
      <LinkButton href={content} label={t.open} icon="external-link" size="small" />
      <LinkButton
        href={`${content}?download=true`}
        label={t.download}
        icon="download"
        size="small"
        download
      />
    </>
  );
  return (
    <Panel title={document.title} actions={acts}>
      {document.mediaType.startsWith("image/") ? (
        <img class="document-image" src={content} alt={t.previewOf(document.title)} />
      ) : (
        <iframe
          class={["document-frame", document.mediaType === "text/plain" && "document-text"]}
          src={content}
          title={t.previewOf(document.title)}
        ></iframe>
      )}
    </Panel>
  );
}

function Facts({ page, document }: DocumentProps): JSX.Element {
  const { documents: t } = page.t;
  return (
    <Panel title={t.details}>
      <DescriptionList
        page={page}
        items={[
          { term: t.kind, text: t.kinds[document.kind] },
          { term: t.type, text: t.types[document.mediaType] },
          { term: t.size, text: formatBytes(page, document.bytes) },
          { term: t.fileName, text: document.fileName },
          { term: t.addedBy, text: document.createdByName },
          { term: t.addedAt, value: <Instant page={page} at={document.createdAt} /> },
        ]}
      />
    </Panel>
  );
}

function Edit({ page, document, form, whole }: DocumentProps): JSX.Element {
  const { documents: t, actions } = page.t;
  const at = `/patients/${document.patientId}/documents/${document.id}`;
  const it = { page, form };
  return (
    <Panel title={t.edit}>
      <FormErrors
        {...it}
        labels={{ title: t.titleField, kind: t.kind }}
        {...(whole === undefined ? {} : { whole })}
      />
      <Form page={page} action={at} version={document.version}>
        <TextInput {...it} name="title" label={t.titleField} maxlength={200} />
        <KindSelect {...it} />
        <FormActions>
          <Button label={actions.save} look="primary" />
        </FormActions>
      </Form>
      <form method="post" action={`${at}/removal`} data-hold>
        <CsrfField page={page} />
        <Button label={t.remove} icon="trash-2" look="danger-quiet" size="small" />
      </form>
    </Panel>
  );
}
