using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pages.One;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Asking;

/// <summary>The page that asks for access: first what, then the form for it.</summary>
public sealed record AskModel
{
    public required IPeople People { get; init; }

    /// <summary>What is asked for; null: it is still searched for.</summary>
    public AccessKind? Kind { get; init; }
    public string? Search { get; init; }
    public string? Platform { get; init; }
    public AccessKind? OnlyKind { get; init; }
    public IReadOnlyList<string> Platforms { get; init; } = [];
    public IReadOnlyList<ResourceView> Found { get; init; } = [];

    /// <summary>How many fit besides those shown.</summary>
    public int More { get; init; }

    /// <summary>Platforms that did not answer.</summary>
    public IReadOnlyList<string> Unavailable { get; init; } = [];

    /// <summary>Platforms that hold more than they list.</summary>
    public IReadOnlyList<string> Partial { get; init; } = [];
    public AskInput Input { get; init; } = new();
    public PolicyPreview? Preview { get; init; }

    /// <summary>What the platforms of the resources want to know besides.</summary>
    public IReadOnlyList<PlatformParameter> Parameters { get; init; } = [];

    /// <summary>True: the access group lets a justification count again for a while.</summary>
    public bool Reuses { get; init; }
    public IReadOnlyList<PageError> Errors { get; init; } = [];

    /// <summary>Why this would be refused, but for what is still to be filled in; null: nothing else stands against it.</summary>
    public string? Hindrance { get; init; }

    /// <summary>The usual length and shorter and longer ones, up to the longest.</summary>
    public IReadOnlyList<Field.Choice> Lengths => Preview?.Policy is not { } policy ? [new(AskInput.Usual, "As usual")] :
    [
        new(AskInput.Usual, $"{TimeLeft.Words(policy.DefaultDuration)}, as usual"),
        .. Presets.Concat(Duration.TryParse(Input.Length ?? "", out var given) ? [given] : []).Distinct().Order().Where(preset => preset <= policy.MaxDuration && preset != policy.DefaultDuration)
            .Select(static preset => new Field.Choice(Duration.Format(preset), TimeLeft.Words(preset))),
    ];

    private static readonly TimeSpan[] Presets =
        [.. new[] { 0.25, 0.5, 1, 2, 4, 8, 24, 72, 168, 720 }.Select(static hours => TimeSpan.FromHours(hours))];

    /// <summary>The address of the form for a resource.</summary>
    public static string Address(string resource, AccessKind kind) => Address(kind, [("resource", resource)]);

    /// <summary>The address of the form with fields filled in (<see cref="AskHandlers.Parameters"/>); what is null is left out.</summary>
    public static string Address(AccessKind kind, IEnumerable<(string Name, string? Value)> fields) =>
        $"{Menu.RequestAccess}?{string.Join('&', fields.Where(static field => field.Value is not null).Append(("kind", kind.ToString())).Select(static field => $"{field.Item1}={Uri.EscapeDataString(field.Item2!)}"))}";
}

/// <summary>Searches, previews and submits.</summary>
internal static class AskHandlers
{
    private const int Shown = 50;

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("q", typeof(string), "Only what has this in its name or description."),
        new("platform", typeof(string), "Only on this platform."),
        new("kinds", typeof(AccessKind), "Only what this kind of access can be asked for."),
        new("resource", typeof(string[]), "The form for these resources; up to 50."),
        new("kind", typeof(AccessKind), "The kind of access that the form asks for."),
        new("role", typeof(string), "Fills in the form, as all that follow do."),
        new("reason", typeof(string), "One of the access group's."),
        new("justification", typeof(string), "Why."),
        new("ticket", typeof(string), "The ticket this is for."),
        new("length", typeof(string), "A duration such as `1h30m`."),
        new("start", typeof(DateTimeOffset), "When it shall start."),
    ];

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        if (query.Texts("resource", AskRules.MaxResources) is { Count: > 0 } resources && query.Choice<AccessKind>("kind") is { } kind)
            return await Form(call, kind, await Begun(call, Filled(query, resources, Shells.ZoneOf(call.Http.Request)), kind), StatusCodes.Status200OK, []);
        var (search, platform, only) = (query.Text("q"), query.Text("platform"), query.Choice<AccessKind>("kinds"));
        var offered = await PlatformHandlers.Offered(call, platform, only);
        List<ResourceView> fitting = [.. offered.Items.Where(item => search is null
            || item.Resource.Contains(search, StringComparison.OrdinalIgnoreCase) || item.Description?.Contains(search, StringComparison.OrdinalIgnoreCase) == true)];
        return await call.Show<AskPage, AskModel>(new AskModel
        {
            People = call.Service<IDirectory>().Current,
            Search = search,
            Platform = platform,
            OnlyKind = only,
            Platforms = [.. call.Service<IPlatforms>().All.Select(static item => item.Name)],
            Found = [.. fitting.Take(Shown)],
            More = Math.Max(0, fitting.Count - Shown),
            Unavailable = offered.Unavailable,
            Partial = offered.Partial,
        });
    }

    /// <summary>What a link fills in. The person looks at it and sends it, or does not: opening the form asks for nothing.</summary>
    private static AskInput Filled(QueryReader query, IReadOnlyList<string> resources, TimeZoneInfo zone)
    {
        var filled = new AskInput
        {
            Resources = resources,
            Role = query.Text("role"),
            Reason = query.Text("reason"),
            Justification = query.Words("justification", AskRules.MaxText),
            Ticket = query.Text("ticket"),
            Length = query.Text("length"),
            Start = query.Instant("start") is { } start ? PageTimes.Write(start, zone) : null,
            Zone = zone,
        };
        return filled with { ByLink = filled is not { Role: null, Reason: null, Justification: null, Ticket: null, Length: null, Start: null } };
    }

    /// <summary>Submits and leads to the request (303); or shows the form with what has to be mended, or with what applies.</summary>
    public static async Task<IResult> Ask(ApiCall call)
    {
        var form = await PageForm.Read(call.Route, call.Http);
        var input = AskInput.Read(form);
        if (!Enum.TryParse<AccessKind>(form["kind"], out var kind) || !Enum.IsDefined(kind)) throw new ProblemException(Fault.Invalid, "kind", "Search for what you want to ask for first.");
        if (form["step"] == "preview") return await Form(call, kind, input, StatusCodes.Status200OK, []);
        var declared = Declared(call, input);
        if (input.Errors(declared) is { Count: > 0 } errors) return await Form(call, kind, input, StatusCodes.Status422UnprocessableEntity, errors);

        var answer = await call.Service<RequestService>().Submit(call.Caller, input.Ask(kind, Now(call), declared), call.IdempotencyKey, call.Cancellation);
        CallTrace.Of(call.Http).Note(answer);
        var id = answer.State?.Id ?? RequestIds.For(call.Caller.Id, call.IdempotencyKey);

        // The same form again, a moment later: the request is there already.
        if (answer.ContentDiffers || answer.Refusal is null)
            return OneRequestActions.SeeOther($"{OneRequestModel.Address(id)}?{OneRequestHandlers.DoneParameter}={(answer.Settled ? ResultWords.Submitted : ResultWords.Pending)}");
        return await Form(call, kind, input, Problems.Of(answer.Refusal.Reason).Status, Errors(answer.Refusal));
    }

    /// <summary>The form for a resource; for a document of settings with what it says now, where the caller may ask for a change of it.</summary>
    private static async Task<AskInput> Begun(ApiCall call, AskInput input, AccessKind kind)
    {
        if (kind != AccessKind.Settings) return input;
        var preview = await call.Service<RequestService>().Preview(call.Caller, input.Ask(kind, Now(call), []), call.Cancellation);
        if (preview.Document is not { Version: { } version, Text: { } text }) return input;
        return input with { Parameters = new Dictionary<string, string> { [SettingsChange.DocumentParameter] = text, [SettingsChange.BaseParameter] = version } };
    }

    private static IReadOnlyList<PageError> Errors(Refusal refusal) => refusal.Errors.Count > 0
        ? [.. refusal.Errors.SelectMany(static field => field.Value.Select(message => new PageError(AskInput.FieldOf(field.Key), message)))]
        : [new PageError(null, string.IsNullOrEmpty(refusal.Detail) ? Problems.Of(refusal.Reason).Meaning : refusal.Detail)];

    private static async Task<IResult> Form(ApiCall call, AccessKind kind, AskInput input, int status, IReadOnlyList<PageError> errors)
    {
        var declared = Declared(call, input);
        var preview = input.Resources.Count > 0 ? await call.Service<RequestService>().Preview(call.Caller, input.Ask(kind, Now(call), declared), call.Cancellation) : null;
        var page = (Answer)await call.Show<AskPage, AskModel>(new AskModel
        {
            People = call.Service<IDirectory>().Current,
            Kind = kind,
            Input = input,
            Preview = preview,
            Parameters = declared,
            Reuses = preview?.Policy is { } policy && call.Service<IAccessGroups>().Find(policy.AccessGroup)?.Group.ReasonReuse is not null,
            Hindrance = errors.Count == 0 && preview?.Refusal is { } refusal ? Hindrance(input, refusal) : null,
            Errors = errors,
        }, status);
        return HttpMethods.IsPost(call.Route.Method) ? page.With(("HX-Push-Url", "false")) : page;
    }

    // What is empty is still to be filled in: no reason to say that it is wrong.
    private static string? Hindrance(AskInput input, Refusal refusal)
    {
        if (refusal.Errors.Count == 0) return refusal.Detail;
        List<string> left = [.. refusal.Errors.Where(field => field.Key switch
        {
            "justification" => input.Justification is not null,
            "reason" => input.Reason is not null,
            "ticket" => input.Ticket is not null,
            "role" => input.Role is not null,
            $"parameters.{SettingsChange.DocumentParameter}" or $"parameters.{SettingsChange.BaseParameter}" => input.Parameters.ContainsKey(SettingsChange.DocumentParameter),
            _ => true,
        }).SelectMany(static field => field.Value)];
        return left.Count > 0 ? string.Join(" ", left) : null;
    }

    /// <summary>The parameters of the platforms that are asked, each once.</summary>
    private static IReadOnlyList<PlatformParameter> Declared(ApiCall call, AskInput input) =>
    [
        .. input.Resources.Select(Resources.PlatformOf).Distinct(StringComparer.Ordinal).Select(name => call.Service<IPlatforms>().Find(name)).OfType<IPlatform>()
            .SelectMany(static platform => platform.Parameters).DistinctBy(static parameter => parameter.Name),
    ];

    private static DateTimeOffset Now(ApiCall call) => call.Service<TimeProvider>().GetUtcNow();
}
