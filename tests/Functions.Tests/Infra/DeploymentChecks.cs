using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Integrations.Configuration;
using YamlDotNet.RepresentationModel;

namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>Whether infrastructure, code, <c>azd</c> and the page about them agree: each gives the problems it sees, in words.</summary>
internal static partial class DeploymentChecks
{
    /// <summary>Settings of the Functions host, of the orchestrations' storage and of Azure's libraries, which no options class of ours binds.</summary>
    private static readonly HashSet<string> OfThePlatform = new(StringComparer.Ordinal)
    {
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId", "AzureWebJobsDisableHomepage",
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "AZURE_CLIENT_ID",
    };

    /// <summary>Words that the Durable Task extension logs when an orchestration fails.</summary>
    private static readonly string OfTheExtension = $"Function '{nameof(RequestOrchestration)} (Orchestrator)' failed with an error";

    /// <summary>Parameters are described and bounded; what has no default is given, what is given exists; the page names each.</summary>
    public static IEnumerable<string> Parameters(Infrastructure infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var parameter in file.Of("param"))
            {
                var at = $"{file.Path}({parameter.Line}): {parameter.Name}";
                if (parameter.Decorator("description") is not { Arguments: [TextNode { Parts.Count: > 0 }] }) yield return $"{at} has no description";
                if (parameter.Type is not ("string" or "int" or "bool" or "object" or "array")) yield return $"{at} is of no type that is known here";
                if (parameter.Value is { } standard && NameChecks.TypeOf(infra, file, standard) is { } type && type != parameter.Type) yield return $"{at} has a default that is a {type}";
                if (parameter.Type == "int" && !IsAllowed(parameter) && (Bound(parameter, "minValue") is not { } least || Bound(parameter, "maxValue") is not { } most || least > most))
                    yield return $"{at} has no bounds";
                else if (parameter is { Type: "int", Value: NumberNode number } && !IsAllowed(parameter) && (number.Value < Bound(parameter, "minValue") || number.Value > Bound(parameter, "maxValue")))
                    yield return $"{at} has a default out of its bounds";
                if (file == infra.Main && parameter.Type == "string" && !IsAllowed(parameter) && Bound(parameter, "maxLength") is null) yield return $"{at} has no bounds";
                if (IsAllowed(parameter) && parameter.Value is { } chosen && !Allowed(parameter).Contains(Plain(chosen))) yield return $"{at} has a default that is not allowed";
                if (file == infra.Main && !infra.Texts[Infrastructure.PagePath].Contains($"`{parameter.Name}`", StringComparison.Ordinal)) yield return $"{at} is not on the page {Infrastructure.PagePath}";
            }
        }

        using var given = JsonDocument.Parse(infra.Texts[Infrastructure.ParametersPath]);
        var values = given.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value.GetProperty("value"));
        foreach (var unknown in values.Keys.Where(name => infra.Main.Of("param").All(p => p.Name != name))) yield return $"{Infrastructure.ParametersPath}: there is no parameter {unknown}";
        foreach (var missing in infra.Main.Of("param").Where(p => p.Value is null && !values.ContainsKey(p.Name))) yield return $"{Infrastructure.ParametersPath}: {missing.Name} is missing";
        foreach (var (name, value) in values.Where(static v => v.Value.ValueKind == JsonValueKind.String && v.Value.GetString()!.Contains('$')))
        {
            if (!Variable().IsMatch(value.GetString()!)) yield return $"{Infrastructure.ParametersPath}: the value of {name} is not a variable of azd";
            else if (value.GetString() is { } text && !text.Contains('=') && infra.Main.Of("param").FirstOrDefault(p => p.Name == name)?.Value is not null)
                yield return $"{Infrastructure.ParametersPath}: {name} has a default, which an unset variable would replace by nothing";
        }
    }

    /// <summary><c>azure.yaml</c> names a project that exists, and the app that Bicep tags for it runs what it targets.</summary>
    public static IEnumerable<string> Azd(Infrastructure infra)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(infra.Texts[Infrastructure.AzdPath]));
        var services = (YamlMappingNode)((YamlMappingNode)yaml.Documents[0].RootNode)["services"];
        foreach (var (name, service) in services.Children.Select(static s => (s.Key.ToString(), (YamlMappingNode)s.Value)))
        {
            var folder = Path.Combine(Infrastructure.Root, service["project"].ToString());
            if (!Directory.Exists(folder) || Directory.GetFiles(folder, "*.csproj") is not [var project]) yield return $"azure.yaml: {service["project"]} is no project";
            else if (!File.ReadAllText(project).Contains("<AzureFunctionsVersion>v4<", StringComparison.Ordinal)) yield return $"azure.yaml: {service["project"]} is no function app";
            if (service["language"].ToString() != "dotnet") yield return $"azure.yaml: {name} is not of the language dotnet";
            if (service["host"].ToString() != "function") yield return $"azure.yaml: {name} is not hosted as function";
            var tagged = infra.Resources("Microsoft.Web/sites").Where(found => found.Resource.Body!["tags"]!.All().OfType<EntryNode>()
                .Any(tag => tag.Key.Literal == "azd-service-name" && tag.Value is TextNode { Literal: var value } && value == name));
            if (tagged.Count() != 1) yield return $"azure.yaml: no app, or more than one, is tagged for the service {name}";
        }

        var framework = Framework().Match(File.ReadAllText(Path.Combine(Infrastructure.Root, "Directory.Build.props"))).Groups[1].Value;
        foreach (var (file, app) in infra.Resources("Microsoft.Web/sites"))
        {
            if (app.Body!.At("properties", "functionAppConfig", "runtime", "version") is not TextNode { Literal: var version } || version != framework)
                yield return $"{file.Path}: {app.Name} does not run .NET {framework}";
        }

        if (infra.Main.Of("targetScope").SingleOrDefault()?.Value is not TextNode { Literal: "subscription" }) yield return $"{Infrastructure.MainPath}: azd expects the scope of a subscription";
        if (infra.Main.Find("tags")?.Value is not ObjectNode tags || tags["azd-env-name"] is null) yield return $"{Infrastructure.MainPath}: resources are not tagged with the name of azd's environment";
        foreach (var output in infra.Main.Of("output").Where(o => !infra.Texts[Infrastructure.PagePath].Contains($"`{o.Name}`", StringComparison.Ordinal)))
            yield return $"{Infrastructure.MainPath}({output.Line}): {output.Name} is not on the page {Infrastructure.PagePath}";
    }

    /// <summary>Every setting of the app is one that the code binds or the platform knows, and all that the code cannot do without are there.</summary>
    public static IEnumerable<string> Settings(Infrastructure infra)
    {
        var known = Bound().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var given = infra.Resources("Microsoft.Web/sites/config").SelectMany(static found => found.Resource.Body!["properties"]!.All().OfType<EntryNode>().Select(e => (found.File, Entry: e))).ToList();
        foreach (var (file, entry) in given)
        {
            var name = entry.Key.Literal!;
            if (!OfThePlatform.Contains(name) && !known.Contains(Index().Replace(name.Replace("__", ":", StringComparison.Ordinal), ":0")))
                yield return $"{file.Path}({entry.Line}): nobody reads the setting {name}";
        }

        string[] needed = [.. OfThePlatform, "Tables__Endpoint", "EventHubs__Namespace", "EventHubs__Hub", "Mail__Endpoint", "Mail__FromAddress", "KeyVault__Uri", "Oidc__Issuers__0__Issuer", "Oidc__Issuers__0__Audience"];
        foreach (var missing in needed.Where(name => given.All(found => found.Entry.Key.Literal != name))) yield return $"the setting {missing} is missing";
    }

    /// <summary>Each alert rests on words that are logged; each event to act on has an alert.</summary>
    public static IEnumerable<string> Alerts(Infrastructure infra)
    {
        var logged = Directory.EnumerateFiles(Path.Combine(Infrastructure.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static file => LogMessage().Matches(File.ReadAllText(file)).Select(static m => m.Groups[1].Value)).ToList();
        var rules = infra.Files.Select(static file => (File: file, Rules: file.Find("rules")?.Value as ArrayNode)).Where(static found => found.Rules is not null)
            .SelectMany(static found => found.Rules!.Items.OfType<ObjectNode>().Select(rule => (found.File, rule.Line, Query: ((TextNode)rule["query"]!).Literal!))).ToList();
        if (rules.Count == 0 || !infra.Resources("Microsoft.Insights/scheduledQueryRules").Any()) yield return "there are no alerts";
        foreach (var (file, line, query) in rules)
        {
            var words = Quoted().Matches(query).Select(static m => m.Groups[1].Value).ToList();
            if (!query.StartsWith("AppTraces |", StringComparison.Ordinal) || words.Count == 0) yield return $"{file.Path}({line}): the query looks for no words in the log";
            foreach (var unknown in words.Where(text => text != OfTheExtension && !logged.Exists(message => message.Contains(text, StringComparison.Ordinal))
                && !AlarmingRequestStore.Alarming.Any(type => type.StartsWith(text, StringComparison.Ordinal))))
                yield return $"{file.Path}({line}): nobody logs \"{unknown}\"";
        }

        foreach (var type in AlarmingRequestStore.Alarming.Where(type => !rules.Exists(rule => Quoted().Matches(rule.Query).Any(m => type.StartsWith(m.Groups[1].Value, StringComparison.Ordinal)))))
            yield return $"no alert is made for {type}";
    }

    /// <summary>The keys that options classes bind: a class with a constant named Section, its settable properties, and those of the items of lists.</summary>
    internal static IEnumerable<string> Bound() =>
        from assembly in (Assembly[])[typeof(AlarmingRequestStore).Assembly, typeof(Api.ApiOptions).Assembly, typeof(ConfigurationFolder).Assembly]
        from type in assembly.GetTypes()
        let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static | BindingFlags.NonPublic)
        where section is { IsLiteral: true } && section.FieldType == typeof(string)
        from key in Keys(type)
        select $"{section.GetRawConstantValue()}:{key}";

    private static IEnumerable<string> Keys(Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static p => p.SetMethod is not null))
        {
            if (property.PropertyType is { IsGenericType: true } list && list.GetGenericArguments() is [var item] && typeof(System.Collections.IEnumerable).IsAssignableFrom(list))
            {
                if (item == typeof(string)) yield return $"{property.Name}:0";
                foreach (var key in Keys(item)) yield return $"{property.Name}:0:{key}";
            }
            else yield return property.Name;
        }
    }

    private static bool IsAllowed(Declaration parameter) => parameter.Decorator("allowed") is not null;

    private static IEnumerable<string?> Allowed(Declaration parameter) => parameter.Decorator("allowed") is { Arguments: [ArrayNode values] } ? values.Items.Select(Plain) : [];

    private static string? Plain(Node node) => node switch { TextNode text => text.Literal, NumberNode number => number.Value.ToString(), _ => null };

    private static long? Bound(Declaration parameter, string name) => parameter.Decorator(name) is { Arguments: [NumberNode number] } ? number.Value : null;

    [GeneratedRegex(@"^\$\{[A-Z][A-Z0-9_]*(=[^}]*)?\}$")]
    private static partial Regex Variable();

    [GeneratedRegex("<TargetFramework>net([0-9.]+)</TargetFramework>")]
    private static partial Regex Framework();

    [GeneratedRegex(":[0-9]+(?=:|$)")]
    private static partial Regex Index();

    [GeneratedRegex("""Message = "((?:[^"\\]|\\.)*)"\)""")]
    private static partial Regex LogMessage();

    [GeneratedRegex("contains \"([^\"]*)\"")]
    private static partial Regex Quoted();
}
