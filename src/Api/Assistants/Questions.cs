using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>A question that was understood: which tool answers it, and with what. A kind of access that was not said is left out.</summary>
internal sealed record Question(string Tool, JsonObject Arguments);

/// <summary>
/// Understands the common forms of questions in English, by rules: the same words mean the same thing every time, and whatever fits no form is not
/// guessed at.
/// </summary>
internal static class Questions
{
    /// <summary>What can be asked, for people who asked something else.</summary>
    public static IReadOnlyList<string> Examples { get; } =
    [
        "does Erin have access to pg-prod/analytics.orders?", "who has access to pg-prod/analytics.orders?", "what does Erin have access to?", "which rule applies to pg-prod/analytics?",
        "who approves access to pg-prod/analytics?", "what can I ask for on pg-prod?", "which requests wait for me?", "show my open requests", "status of request 0198c5e2", "orphaned logins on pg-prod",
        "who has admin rights on pg-prod?", "I need pg-prod/analytics as analyst for 2 hours because quarter-end check",
    ];

    // A resource has a slash, and names of platforms and people have none.
    private const string Resource = """(?:the )?(?:resource |table |schema |secret |database )?["'`“]?(?<resource>[^\s/"'`“”]+/(?:"[^"]*"|[^\s"'`“”?,;])+)["'`”]?""";
    private const string Person = """(?<person>[^\s/?]+(?: [^\s/?]+){0,2}?)""";
    private const string Platform = """(?: (?:on|in|of|for) (?:the )?(?:platform )?(?<platform>[^\s/?]+))?""";
    private const string Now = "(?: (?:right now|at the moment|currently|today|now))?";
    // Not write or change: access is answered, and which kind of it is read off the privileges.
    private const string Use = "(?:read|query|use|see|reach|open|connect to|log in to|sign in to)";
    private const string Kind = "(?<kind>credentials?|passwords?|secrets?|sessions?|certificates?|roles?|recordings?|settings)";
    private const string Length = """(?<length>(?:an?|\d{1,4}) ?(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w))""";

    private static readonly IReadOnlyList<Form> Forms =
    [
        // What one may ask for comes before what one has: "can I get access to" is no "can I access".
        new($"(?:(?:which|what) (?:rule|access group|policy) (?:applies|would apply|is there)(?: to| for)?(?: me)?(?: on| for| to)?(?: access to)?) {Resource}(?: (?:as|for)(?: an?)? {Kind})?", Rule),
        new($"who (?:approves|decides|would approve|would decide|must approve|has to approve|can approve|may approve|signs off)(?: on)?(?: my| an?)?(?: access to| requests? for| access on)? {Resource}(?: (?:as|for)(?: an?)? {Kind})?", Rule),
        new($"(?:can|may|could) i (?:get|request|ask for|have|apply for)(?: access to)? {Resource}(?: (?:as|for)(?: an?)? {Kind})?", Rule),
        new($"how (?:do|can|would) i (?:get|request|ask for)(?: access to)? {Resource}(?: (?:as|for)(?: an?)? {Kind})?", Rule),
        new($"do i need (?:an )?approval (?:for|to (?:access|{Use})) {Resource}", Rule),
        new($"what (?:can|may|could) i (?:ask for|request|get|apply for){Platform}", Resources),
        new($"(?:which|what|list|show)(?: me)?(?: the| all)? resources(?: can i (?:ask for|request))?{Platform}", Resources),

        new($"(?:i|we)(?: need| want| require| would like|['’]d like)(?: to (?:have|get))?(?: temporary)?(?: access to)? {Resource}(?: as an? {Kind}| as {Kind})?(?: (?:as|with)(?: the)?(?: role)? (?<role>[^\\s,]+))?(?: for {Length})?(?:,? (?:because|since|to|for|as)(?: of)? (?<why>.+))?", Draft),
        new($"(?:draft|prepare|make|write|create)(?: me)? an? (?:access )?request (?:for|to)(?: access to)? {Resource}(?: as an? {Kind}| as {Kind})?(?: (?:as|with)(?: the)?(?: role)? (?<role>[^\\s,]+))?(?: for {Length})?(?:,? (?:because|since|to|for|as)(?: of)? (?<why>.+))?", Draft),

        new($"(?:does|do|has|is|can|could|may|did) {Person} (?:still |already |currently |really )?(?:have |got )?(?:any |the )?(?:access(?: to| on)?|{Use}|able to (?:access|{Use})|allowed (?:to (?:access|{Use})|on)|have|got) {Resource}{Now}", Check),
        new($"who (?:all )?(?:has|have|can|may|could|got)(?: currently| still)?(?: got)? (?:any )?(?:access(?: to| on)?|{Use}|a role on|rights on|privileges on) {Resource}{Now}", Check),
        new($"(?:list|show)(?: me)? (?:everyone|everybody|people|all people|who)(?: who)?(?: with| has| having) access to {Resource}{Now}", Check),
        new($"what (?:access )?(?:does|do|did|has) {Person} (?:have|got)(?: access)?(?: to)?{Now}", Check),
        new($"what (?:can|could|may) {Person} (?:access|{Use}|do){Now}", Check),
        new("(?:(?:list|show)(?: me)? )?(?:(?<person>my)|(?<person>[^\\s/?'’]+(?: [^\\s/?'’]+){0,2}?)['’]s) access", Check),
        new($"{Person} (?:can|could|may|has|have|is able to|is allowed to) (?:still |already )?(?:(?:any )?access(?: to| on)?|{Use}) {Resource}{Now}", Check),

        new("(?:(?:which|what)(?: requests?)? (?:are |is )?(?:waits?|waiting)|what do i have) (?:for (?:me|my (?:approval|decision|review))|to (?:approve|decide|review))", _ => new(RequestTool.Name, new JsonObject { ["toReview"] = true })),
        new("(?:(?:list|show)(?: me)? )?(?:my )?(?:pending )?(?:approvals|reviews)(?: waiting)?", _ => new(RequestTool.Name, new JsonObject { ["toReview"] = true })),
        new("(?:(?:what is |what's )?(?:the )?status of|show(?: me)?|where is|what about|find)(?: the)? request (?<id>[^\\s?]+)", OneRequest),
        new("request (?<id>[^\\s?]*\\d[^\\s?]*)", OneRequest),
        new($"(?:(?:list|show|what are|which are)(?: me)?(?: the)? )?(?:all )?(?<whose>my )?(?<emergency>emergency )?(?<status>open|pending|active|closed|denied)? ?(?<what>requests|emergencies)(?: (?:by|of|from) (?<person>[^\\s/?]+(?: [^\\s/?]+)?))?(?: (?:on|for|to) {Resource})?", SomeRequests),

        new($"(?:(?:list|show|which|what)(?: are)?(?: me)?(?: the| all)? )?orphan(?:s|ed)?(?: (?:identities|logins|accounts|users))?(?: are there)?{Platform}", match => Identities(match, ("orphan", true))),
        new($"who (?:has|have|got)(?: any)? admin(?:istrator|istration)?(?: rights| access)?{Platform}", match => Identities(match, ("admin", true))),
        new($"(?:(?:list|show|which|what|who)(?: are| is)?(?: me)?(?: the| all| an)? )?admin(?:s|istrators?)?(?: (?:identities|logins|accounts|users))?(?: are there)?{Platform}", match => Identities(match, ("admin", true))),
        new($"(?:whose|who is|who owns)(?: the)? (?:identity|login|account|user|role)(?: is)? (?<text>[^\\s/?]+){Platform}", match => Identities(match, ("text", match.Groups["text"].Value))),
        new($"(?:(?:list|show|which|what)(?: are)?(?: me)?(?: the| all)? )?(?:identities|logins|accounts)(?: does)?(?: of| has)? {Person}(?: have| has)?{Platform}", match => Identities(match, ("person", Whose(match)))),
    ];

    /// <summary>Understands a question.</summary>
    /// <returns>Null: it has none of the forms.</returns>
    public static Question? Understand(string text)
    {
        var words = Plain(text);
        foreach (var form in Forms)
        {
            if (form.Pattern.Match(words) is { Success: true } match) return form.Meaning(match);
        }

        return null;
    }

    /// <summary>One line without what politeness puts around a question.</summary>
    private static string Plain(string text)
    {
        var words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Trim(' ', '?', '.', '!');
        return Politeness.Replace(words, "").Trim(' ', ',', '?', '.', '!');
    }

    private static readonly Regex Politeness = new(
        "^(?:(?:hi|hey|hello|please|so|and|then)[ ,]+|(?:can|could|would) you (?:please )?(?:tell me|check|find out|look up)[ ,]*(?:if |whether )?|(?:please )?tell me[ ,]+(?:if |whether )?|i(?: would|'d)? (?:like|want) to know[ ,]+(?:if |whether )?)+|,? (?:please|thanks|thank you)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static Question Check(Match match)
    {
        var asked = new JsonObject();
        Add(asked, "person", match.Groups["person"].Success ? Whose(match) : null);
        Add(asked, "resource", match.Groups["resource"]);
        return new Question(AccessTool.Name, asked);
    }

    private static string Whose(Match match) => match.Groups["person"].Value is var person && person.ToUpperInvariant() is "I" or "MY" or "ME" or "WE" or "MYSELF" ? "me" : person;

    private static Question Rule(Match match)
    {
        var asked = new JsonObject { ["resources"] = new JsonArray(match.Groups["resource"].Value) };
        if (KindOf(match.Groups["kind"]) is { } kind) asked["kind"] = kind.ToString();
        return new Question(RuleTool.Name, asked);
    }

    private static Question Draft(Match match)
    {
        var asked = new JsonObject { ["resources"] = new JsonArray(match.Groups["resource"].Value) };
        Add(asked, "role", match.Groups["role"]);
        Add(asked, "justification", match.Groups["why"]);
        Add(asked, "length", match.Groups["length"] is { Success: true } length ? LengthOf(length.Value) : null);
        if (KindOf(match.Groups["kind"]) is { } kind) asked["kind"] = kind.ToString();
        else if (match.Groups["role"].Success) asked["kind"] = nameof(AccessKind.Role);
        return new Question(DraftTool.Name, asked);
    }

    private static Question Resources(Match match)
    {
        var asked = new JsonObject();
        Add(asked, "platform", match.Groups["platform"]);
        return new Question(ResourceTool.Name, asked);
    }

    private static Question OneRequest(Match match) => new(RequestTool.Name, new JsonObject { ["id"] = match.Groups["id"].Value });

    private static Question SomeRequests(Match match)
    {
        var asked = new JsonObject();
        if (match.Groups["whose"].Success) asked["requester"] = "me";
        if (match.Groups["person"].Success) asked["requester"] = Whose(match);
        if (match.Groups["emergency"].Success || match.Groups["what"].Value.StartsWith("emergenc", StringComparison.OrdinalIgnoreCase)) asked["emergency"] = true;
        if (match.Groups["status"] is { Success: true } said)
        {
            asked["status"] = (said.Value.ToUpperInvariant() switch
            {
                "OPEN" or "PENDING" => Status.Open,
                "ACTIVE" => Status.Active,
                "CLOSED" => Status.Closed,
                _ => Status.Denied,
            }).ToString();
        }

        Add(asked, "resource", match.Groups["resource"]);
        return new Question(RequestTool.Name, asked);
    }

    private static Question Identities(Match match, (string Name, JsonNode Value) what)
    {
        var asked = new JsonObject { [what.Name] = what.Value };
        Add(asked, "platform", match.Groups["platform"]);
        return new Question(IdentityTool.Name, asked);
    }

    private static AccessKind? KindOf(Group said) => !said.Success ? null : said.Value.TrimEnd('s', 'S').ToUpperInvariant() switch
    {
        "CREDENTIAL" or "PASSWORD" or "SECRET" => AccessKind.Credential,
        "SESSION" => AccessKind.Session,
        "CERTIFICATE" => AccessKind.Certificate,
        "RECORDING" => AccessKind.Recording,
        "SETTING" => AccessKind.Settings,
        _ => AccessKind.Role,
    };

    /// <summary>"2 hours" as <c>2h</c>. A week is given in days.</summary>
    private static string LengthOf(string said)
    {
        var number = new string([.. said.TakeWhile(char.IsAsciiDigit)]);
        var unit = said[number.Length..].TrimStart();
        if (number.Length == 0) (number, unit) = ("1", said[(said.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        return unit[0] is 'w' or 'W' ? (int.Parse(number, CultureInfo.InvariantCulture) * 7).ToString(CultureInfo.InvariantCulture) + "d" : number + char.ToLowerInvariant(unit[0]);
    }

    private static void Add(JsonObject asked, string name, Group group) => Add(asked, name, group.Success ? group.Value : null);

    private static void Add(JsonObject asked, string name, string? value)
    {
        if (value is not null) asked[name] = value;
    }

    private sealed record Form(Regex Pattern, Func<Match, Question> Meaning)
    {
        public Form(string pattern, Func<Match, Question> meaning)
            : this(new Regex($"^(?:{pattern})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), meaning) { }
    }
}
