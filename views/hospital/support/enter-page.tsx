import { PlainLayout } from "../../layouts/plain-layout.tsx";
import type { Page } from "../../page.ts";
import { Banner } from "../../ui/banner.tsx";
import { Button } from "../../ui/button.tsx";

/** Where the one-time link leads: it is spent by the button, not by looking. */
export function EnterPage(props: { page: Page; code: string; gone?: boolean }): JSX.Element {
  const { page, code } = props;
  const { support: t } = page.t.privacy;
  return (
    <PlainLayout page={page} title={t.enterTitle}>
      <h1 safe>{t.enterTitle}</h1>
      {code === "" || props.gone === true ? (
        <Banner tone="warning" title={t.linkGone} />
      ) : (
        <>
          <p safe>{t.enterText}</p>
          <form method="post" action="/support/enter" data-hold>
            <input type="hidden" name="code" value={code} />
            <div class="form-actions">
              <Button label={t.enter} look="primary" size="large" icon="log-in" />
            </div>
          </form>
        </>
      )}
    </PlainLayout>
  );
}
