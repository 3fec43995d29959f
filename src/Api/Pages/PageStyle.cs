using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace AccessFunctions.Api.Pages;

/// <summary>The one style of all pages, inside each of them, and the policy that allows it and nothing else.</summary>
public static class PageStyle
{
    private const string Css = """
        :root { color-scheme: light dark; --back: #eef1f4; --card: #ffffff; --text: #1b2430; --soft: #55606d; --line: #c5ccd4; --accent: #0b57a4; --on-accent: #ffffff; --bad: #b3261e; --on-bad: #ffffff; --good: #1c6b32; }
        @media (prefers-color-scheme: dark) { :root { --back: #12161b; --card: #1c232b; --text: #e8edf2; --soft: #a9b4c0; --line: #47525e; --accent: #8fc1ff; --on-accent: #0a1f38; --bad: #ffb4ab; --on-bad: #450a06; --good: #8fd6a0; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
        header, main, footer { max-width: 40rem; margin: 0 auto; padding: 0.75rem 1rem; }
        header { color: var(--soft); }
        main { background: var(--card); border-top: 4px solid var(--accent); padding: 1rem 1rem 1.5rem; }
        main.bad { border-color: var(--bad); }
        main.good { border-color: var(--good); }
        h1 { margin: 0 0 0.75rem; font-size: 1.4rem; line-height: 1.25; }
        h2 { margin: 1.5rem 0 0.5rem; font-size: 1.15rem; }
        p { margin: 0 0 0.75rem; }
        a { color: var(--accent); }
        .soft, .hint { color: var(--soft); font-size: 0.9375rem; }
        dl { margin: 1rem 0; }
        dt { color: var(--soft); font-size: 0.9375rem; }
        dd { margin: 0 0 0.6rem; unicode-bidi: isolate; }
        dd.quote { padding-left: 0.75rem; border-left: 3px solid var(--line); white-space: pre-wrap; }
        .mail { white-space: pre-wrap; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
        .mails { list-style: none; margin: 0; padding: 0; }
        .mails li { padding: 0.5rem 0; border-top: 1px solid var(--line); }
        .mails p { margin: 0; }
        [aria-current="page"] { font-weight: 600; text-decoration: none; color: var(--text); }
        form { margin: 1.5rem 0 0; padding-top: 0.25rem; border-top: 1px solid var(--line); }
        fieldset { margin: 0 0 0.75rem; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 6px; }
        label { display: block; margin: 0.5rem 0 0.25rem; font-weight: 600; }
        input, select, textarea { width: 100%; min-height: 2.75rem; padding: 0.5rem 0.6rem; border: 1px solid var(--soft); border-radius: 6px; background: var(--card); color: var(--text); font: inherit; }
        [aria-invalid="true"] { border: 2px solid var(--bad); }
        .error { color: var(--bad); font-weight: 600; margin: 0.25rem 0; }
        .errors { margin: 0 0 1rem; padding: 0.75rem 1rem; border: 2px solid var(--bad); border-radius: 6px; }
        .errors h2 { margin: 0 0 0.5rem; }
        .errors ul { margin: 0; padding-left: 1.25rem; }
        button, a.button { display: block; width: 100%; min-height: 3rem; margin: 1rem 0 0; padding: 0.7rem 1rem; border: 2px solid var(--accent); border-radius: 6px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
        button.bad { border-color: var(--bad); background: var(--bad); color: var(--on-bad); }
        a.button { background: transparent; color: var(--accent); }
        .diff { padding: 0.5rem 0; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; font: 0.875rem/1.5 ui-monospace, monospace; }
        .diff > * { display: block; min-width: max-content; padding: 0 0.75rem; white-space: pre; text-decoration: none; }
        .diff del { background: #ffd9d6; color: #6b120c; }
        .diff ins { background: #c9efd2; color: #0c4420; }
        .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        """;

    /// <summary>The style as it stands between the tags, to the byte.</summary>
    internal static MarkupString Markup { get; } = new(Css);

    /// <summary>The <c>Content-Security-Policy</c> of a page: this very style, forms to this site, and nothing loaded, framed or run.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
}
