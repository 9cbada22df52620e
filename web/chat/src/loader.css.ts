/** The loader's few rules. `--pd-*` come from the chatflow; the host page's own styles cannot reach further than these
 *  ids. */
export const STYLES = `
#hubspot-messages-iframe-container{position:fixed;z-index:2147483000;inset-block-end:16px;inset-inline-end:16px;
width:56px;height:56px;color-scheme:light dark}
#hubspot-messages-iframe-container.pd-hidden{display:none}
#hubspot-messages-iframe-container iframe{display:none;position:fixed;inset-block-end:88px;inset-inline-end:16px;
width:min(400px,calc(100vw - 32px));height:min(680px,calc(100vh - 112px));border:0;border-radius:16px;background:Canvas;
box-shadow:0 0 0 1px rgb(128 140 144/18%),0 1px 3px rgb(13 25 30/12%),0 12px 40px rgb(13 25 30/22%)}
#hubspot-messages-iframe-container.pd-open iframe{display:block}
#hubspot-messages-iframe-container button{all:unset;box-sizing:border-box;cursor:pointer}
#hubspot-messages-iframe-container button:focus-visible{outline:3px solid var(--pd-accent);outline-offset:3px}
#hubspot-messages-iframe-container .pd-launcher{position:relative;display:grid;
place-items:center;width:56px;height:56px;border-radius:50%;background:var(--pd-accent);
color:var(--pd-text);box-shadow:0 1px 3px rgb(13 25 30/20%),0 6px 20px rgb(13 25 30/24%)}
#hubspot-messages-iframe-container .pd-launcher:hover{background:var(--pd-hover)}
#hubspot-messages-iframe-container svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:2;
stroke-linecap:round;stroke-linejoin:round}
#hubspot-messages-iframe-container b{position:absolute;inset-block-start:-4px;inset-inline-end:-4px;min-width:22px;
box-sizing:border-box;padding:0 6px;border-radius:11px;background:#b0241c;color:#fff;font:600 12px/22px system-ui,
sans-serif;text-align:center}
#hubspot-messages-iframe-container b:empty,#hubspot-messages-iframe-container .pd-prompt:empty{display:none}
#hubspot-messages-iframe-container .pd-prompt{position:absolute;inset-block-end:72px;inset-inline-end:0;
width:min(300px,calc(100vw - 32px));border-radius:14px;background:light-dark(#fff,#20272a);
color:light-dark(#161b1d,#edf1f1);font:400 15px/1.45 system-ui,sans-serif;
box-shadow:0 0 0 1px light-dark(#dde3e4,#3a4448),0 6px 24px rgb(13 25 30/20%)}
#hubspot-messages-iframe-container .pd-words{display:flex;flex-direction:column;gap:2px;width:100%;padding:14px 16px;
padding-inline-end:44px;border-radius:14px;text-align:start}
#hubspot-messages-iframe-container .pd-words strong{font-weight:600;font-size:13px;color:light-dark(#566267,#9da9ae)}
#hubspot-messages-iframe-container .pd-words span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:4;
overflow:hidden;overflow-wrap:anywhere}
#hubspot-messages-iframe-container .pd-words *{text-align:match-parent}
#hubspot-messages-iframe-container .pd-hide{position:absolute;inset-block-start:0;inset-inline-end:0;display:grid;
place-items:center;width:44px;height:44px;border-radius:14px;color:light-dark(#566267,#9da9ae)}
#hubspot-messages-iframe-container .pd-hide svg{width:18px;height:18px}
#hubspot-messages-iframe-container.pd-open .pd-prompt{display:none}
#hubspot-conversations-inline-parent{height:100%}
#hubspot-conversations-inline-iframe{display:block;width:100%;height:100%;min-height:320px;border:0}
@media (prefers-reduced-motion:no-preference){#hubspot-messages-iframe-container .pd-prompt{animation:pd-in .2s ease-out}
@keyframes pd-in{from{opacity:0;transform:translateY(8px)}}}
@media (max-width:480px){#hubspot-messages-iframe-container.pd-open{inset:0;width:auto;height:auto}
#hubspot-messages-iframe-container.pd-open iframe{inset:0;width:100%;height:100%;border-radius:0}
#hubspot-messages-iframe-container.pd-open .pd-launcher{display:none}}
`;
