/**
 * The attributes of htmx 4 that this project uses, and its element for several targets in one answer. The
 * modifier character is `_` (set in the layout's htmx-config), since JSX cannot parse `hx-status:422`.
 * `js:` values, `hx-on` and trigger filters are left out on purpose: they need eval, which the
 * Content-Security-Policy forbids.
 */
declare namespace JSX {
  type HtmxSwap =
    | "innerHTML"
    | "outerHTML"
    | "outerSync"
    | "innerMorph"
    | "outerMorph"
    | "textContent"
    | "beforebegin"
    | "afterbegin"
    | "beforeend"
    | "afterend"
    | "delete"
    | "none"
    | (string & {});

  interface HtmlTag {
    "hx-get"?: undefined | string;
    "hx-post"?: undefined | string;
    "hx-put"?: undefined | string;
    "hx-patch"?: undefined | string;
    "hx-delete"?: undefined | string;
    "hx-trigger"?: undefined | string;
    "hx-target"?: undefined | string;
    "hx-target_inherited"?: undefined | string;
    "hx-swap"?: undefined | HtmxSwap;
    "hx-swap_inherited"?: undefined | HtmxSwap;
    "hx-swap-oob"?: undefined | string;
    "hx-select"?: undefined | string;
    "hx-select_inherited"?: undefined | string;
    "hx-select-oob"?: undefined | string;
    "hx-include"?: undefined | string;
    "hx-include_inherited"?: undefined | string;
    "hx-vals"?: undefined | string;
    "hx-headers"?: undefined | string;
    "hx-headers_inherited"?: undefined | string;
    "hx-push-url"?: undefined | "true" | "false" | (string & {});
    "hx-replace-url"?: undefined | "true" | "false" | (string & {});
    "hx-confirm"?: undefined | string;
    "hx-disable"?: undefined | string;
    "hx-disable_inherited"?: undefined | string;
    "hx-ignore"?: undefined | boolean;
    "hx-indicator"?: undefined | string;
    "hx-sync"?: undefined | string;
    "hx-encoding"?: undefined | "multipart/form-data";
    "hx-validate"?: undefined | "true" | "false";
    "hx-preserve"?: undefined | boolean;
    "hx-boost"?: undefined | "true" | "false";
    "hx-boost_inherited"?: undefined | "true" | "false";
    "hx-config"?: undefined | string;
    "hx-status_422"?: undefined | string;
    "hx-status_409"?: undefined | string;
    "hx-status_4xx"?: undefined | string;
    "hx-status_5xx"?: undefined | string;
    "hx-sse_connect"?: undefined | string;
    "hx-sse_close"?: undefined | string;
  }

  interface IntrinsicElements {
    /** One part of an answer that is swapped into its own target. */
    "hx-partial": HtmlTag;
  }
}
