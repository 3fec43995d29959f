namespace AccessFunctions.Api.Pages.App;

/// <summary>What a page with the navigation may load, and how htmx has to behave under it.</summary>
public static class AppPolicy
{
    /// <summary>The <c>Content-Security-Policy</c>: our own assets and addresses, and nothing inline.</summary>
    public const string Content =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>The same for a page that plays what we serve ourselves.</summary>
    public const string WithMedia = Content + "; media-src 'self'";

    /// <summary>
    /// No inline styles, no code in attributes, no other site, no copies of pages in the browser's storage (a page may hold a secret). What a
    /// server refuses is shown: it is a page too.
    /// </summary>
    internal const string HtmxConfig = """
        {"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollBehavior":"auto","responseHandling":[{"code":"204","swap":false},{"code":"...","swap":true}]}
        """;
}
