import type { CountedBanner, Page } from "../page.ts";
import { Banner } from "./banner.tsx";
import { Button, LinkButton } from "./button.tsx";
import { CsrfField } from "./form.tsx";
import { TimeLeft } from "./time.tsx";

/** What holds for a while only, over the page: why, how long still, and the way to end it. */
export function CountedBanners(props: { page: Page }): JSX.Element {
  const { page } = props;
  return <>{(page.banners ?? []).map((banner) => One(page, banner))}</>;
}

function One(page: Page, banner: CountedBanner): JSX.Element {
  const { glass } = page.t.privacy;
  return (
    <Banner tone={banner.tone} icon={banner.icon} title={banner.title}>
      <span class="countdown">
        <span safe>{glass.left}</span> <TimeLeft page={page} until={banner.until} />
      </span>
      {banner.end === undefined ? (
        ""
      ) : (
        <form method="post" action={banner.end.action} data-hold>
          <CsrfField page={page} />
          <Button label={banner.end.label} size="small" />
        </form>
      )}
      {banner.link === undefined ? (
        ""
      ) : (
        <LinkButton href={banner.link.href} label={banner.link.label} size="small" />
      )}
    </Banner>
  );
}
