import { AppLayout } from "./layouts/app-layout.tsx";
import { PlainLayout } from "./layouts/plain-layout.tsx";
import type { Page } from "./page.ts";
import { ErrorPage, errorPageStatus } from "./ui/error-page.tsx";

/** An error as a page of the portal the person is in, or as the part that a fragment's place takes. */
export function ErrorView(props: {
  page: Page;
  status: number;
  detail: string;
  right?: string | undefined;
  reference: string;
  fragment: boolean;
}): JSX.Element {
  const { page, status, detail, right, reference } = props;
  const body = <ErrorPage page={page} status={status} detail={detail} right={right} reference={reference} />;
  if (props.fragment) return body;
  const title = page.t.errorPages[errorPageStatus(status)].title;
  return page.person === null ? (
    <PlainLayout page={page} title={title}>
      {body}
    </PlainLayout>
  ) : (
    <AppLayout page={page} title={title}>
      {body}
    </AppLayout>
  );
}
