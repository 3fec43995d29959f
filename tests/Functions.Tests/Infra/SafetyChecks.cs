using System.Text.RegularExpressions;

namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>What must not be in the infrastructure, and what must: each gives the problems it sees, in words.</summary>
internal static partial class SafetyChecks
{
    /// <summary>Ids of built-in roles as Azure's documentation lists them; written down a second time, so that a slip in one place shows.</summary>
    private static readonly Dictionary<string, string> BuiltIn = new(StringComparer.Ordinal)
    {
        ["StorageBlobDataOwner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["StorageQueueDataContributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["StorageTableDataContributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["AzureEventHubsDataSender"] = "2b629674-e913-4c01-ae53-ef4638d8f975",
        ["AzureEventHubsDataReceiver"] = "a638d3c7-ab3a-418d-83e6-5f17a39d4fde",
        ["KeyVaultSecretsOfficer"] = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
        ["MonitoringMetricsPublisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["CommunicationAndEmailServiceOwner"] = "09976791-48a7-449e-bb21-39d1a415f350",
    };

    /// <summary>What resources of a type must say, below <c>properties</c>.</summary>
    private static readonly (string Type, string[] Path, string Value)[] Required =
    [
        ("Microsoft.Storage/storageAccounts", ["allowSharedKeyAccess"], "false"),
        ("Microsoft.Storage/storageAccounts", ["allowBlobPublicAccess"], "false"),
        ("Microsoft.Storage/storageAccounts", ["defaultToOAuthAuthentication"], "true"),
        ("Microsoft.Storage/storageAccounts", ["minimumTlsVersion"], "TLS1_2"),
        ("Microsoft.Storage/storageAccounts", ["supportsHttpsTrafficOnly"], "true"),
        ("Microsoft.Storage/storageAccounts/blobServices/containers", ["publicAccess"], "None"),
        ("Microsoft.EventHub/namespaces", ["disableLocalAuth"], "true"),
        ("Microsoft.EventHub/namespaces", ["minimumTlsVersion"], "1.2"),
        ("Microsoft.Communication/communicationServices", ["disableLocalAuth"], "true"),
        ("Microsoft.Insights/components", ["DisableLocalAuth"], "true"),
        ("Microsoft.OperationalInsights/workspaces", ["features", "disableLocalAuth"], "true"),
        ("Microsoft.KeyVault/vaults", ["enableRbacAuthorization"], "true"),
        ("Microsoft.KeyVault/vaults", ["enableSoftDelete"], "true"),
        ("Microsoft.KeyVault/vaults", ["enablePurgeProtection"], "true"),
        ("Microsoft.Web/sites", ["httpsOnly"], "true"),
        ("Microsoft.Web/sites", ["siteConfig", "minTlsVersion"], "1.2"),
        ("Microsoft.Web/sites", ["siteConfig", "ftpsState"], "Disabled"),
        ("Microsoft.Web/sites", ["functionAppConfig", "deployment", "storage", "authentication", "type"], "UserAssignedIdentity"),
        ("Microsoft.Web/sites", ["functionAppConfig", "runtime", "name"], "dotnet-isolated"),
        ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", ["allow"], "false"),
    ];

    /// <summary>Types that hold keys or passwords, so that they would be in the deployment's history.</summary>
    private static readonly string[] Forbidden =
    [
        "Microsoft.KeyVault/vaults/secrets", "Microsoft.EventHub/namespaces/authorizationRules", "Microsoft.EventHub/namespaces/eventhubs/authorizationRules",
        "Microsoft.Communication/communicationServices/smtpUsernames",
    ];

    /// <summary>Accounts take no keys, connections are encrypted, deleted secrets stay: on every resource of the types that know it.</summary>
    public static IEnumerable<string> Hardened(Infrastructure infra)
    {
        foreach (var (type, path, value) in Required)
        {
            var resources = infra.Resources(type).ToList();
            if (resources.Count == 0) yield return $"there is no {type}";
            foreach (var (file, resource) in resources)
            {
                var said = resource.Body?.At(["properties", .. path]) switch { ConstantNode constant => constant.Word, TextNode text => text.Literal, _ => null };
                if (said != value) yield return $"{file.Path}: {resource.Name} must say {string.Join('.', path)}: {value}";
            }
        }

        foreach (var policy in (string[])["scm", "ftp"])
        {
            if (!infra.Resources("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Any(found => (found.Resource.Body?["name"] as TextNode)?.Literal == policy))
                yield return $"passwords for {policy} are not turned off";
        }
    }

    /// <summary>No keys are read, made or written down, and no connection string is passed on.</summary>
    public static IEnumerable<string> Secrets(Infrastructure infra)
    {
        foreach (var (path, text) in infra.Texts)
        {
            foreach (Match found in Secret().Matches(text)) yield return $"{path}: \"{found.Value[..Math.Min(found.Length, 12)]}…\" looks like a secret";
        }

        foreach (var file in infra.Files)
        {
            foreach (var node in file.Expressions())
            {
                if (node is CallNode call && call.Name.StartsWith("list", StringComparison.Ordinal)) yield return $"{file.Path}({call.Line}): {call.Name} reads keys";
                // Application Insights calls its address a connection string; local authentication is off there, so it opens nothing.
                if (node is MemberNode member && Telling().IsMatch(member.Name) && !IsInsights(file, member)) yield return $"{file.Path}({member.Line}): {member.Name} is passed on";
                if (node is EntryNode { Value: TextNode { Literal: { Length: > 0 } } } entry && Telling().IsMatch(entry.Key.Words)) yield return $"{file.Path}({entry.Line}): {entry.Key.Words} is written down";
            }

            foreach (var secure in file.Of("param").Where(static p => p.Decorator("secure") is not null && p.Value is not null))
                yield return $"{file.Path}({secure.Line}): {secure.Name} is a secret with a default";
            foreach (var resource in file.Of("resource").Where(r => Forbidden.Contains(r.Type!.Split('@')[0], StringComparer.OrdinalIgnoreCase)))
                yield return $"{file.Path}({resource.Line}): {resource.Type} holds a secret";
        }
    }

    /// <summary>Roles are assigned in one file, from its one table, on single resources; each role of the table is used.</summary>
    public static IEnumerable<string> Roles(Infrastructure infra)
    {
        var assignments = infra.Resources("Microsoft.Authorization/roleAssignments").ToList();
        var files = assignments.Select(static found => found.File).Distinct().ToList();
        if (files is not [var file] || file.Find("roles")?.Value is not ObjectNode table)
        {
            yield return $"roles are assigned in {files.Count} files, or without a table named roles";
            yield break;
        }

        foreach (var role in table.Entries)
        {
            var (name, id) = (role.Key.Literal!, (role.Value as TextNode)?.Literal);
            if (BuiltIn.GetValueOrDefault(name) != id) yield return $"{file.Path}({role.Line}): {name} is not the id of that built-in role";
            if (!assignments.Any(found => found.Resource.Body!.At("properties", "roleDefinitionId")!.All().Any(node => IsRole(node, name)))) yield return $"{file.Path}({role.Line}): {name} is assigned to nobody";
        }

        foreach (var (path, text) in infra.Texts.Where(text => text.Key != file.Path))
        {
            if (Id().Match(text) is { Success: true } stray) yield return $"{path}: the id {stray.Value} belongs into the table of roles";
        }

        foreach (var (_, assignment) in assignments)
        {
            foreach (var problem in Assignment(file, assignment)) yield return $"{file.Path}({assignment.Line}): {assignment.Name} {problem}";
        }

        foreach (var (_, definition) in infra.Resources("Microsoft.Authorization/roleDefinitions"))
        {
            if (definition.Body!.At("properties", "permissions")!.All().OfType<PieceNode>().Any(static piece => piece.Text.Contains('*'))) yield return $"{file.Path}: {definition.Name} allows with a wildcard";
        }
    }

    private static IEnumerable<string> Assignment(BicepFile file, Declaration assignment)
    {
        var body = assignment.Body!;
        if (body["scope"] is not NameNode scope)
        {
            yield return "has no single resource as its scope";
            yield break;
        }

        var (principal, role) = (body.At("properties", "principalId"), body.At("properties", "roleDefinitionId"));
        if (body.At("properties", "principalType") is not TextNode { Literal: "ServicePrincipal" }) yield return "does not say that its principal is a service";
        var ofTable = role is CallNode { Name: "subscriptionResourceId", Arguments: [TextNode { Literal: "Microsoft.Authorization/roleDefinitions" }, MemberNode { Target: NameNode { Name: "roles" } }] };
        var ofFile = role is MemberNode { Name: "id", Target: NameNode own } && file.Find(own.Name)?.Type?.StartsWith("Microsoft.Authorization/roleDefinitions@", StringComparison.Ordinal) == true;
        if (!ofTable && !ofFile) yield return "has a role from elsewhere than the table";

        // The name is made from what makes the assignment the one it is: otherwise two collide, or a change is refused.
        if (body["name"] is not CallNode { Name: "guid", Arguments: [MemberNode { Name: "id", Target: NameNode on }, NameNode of, var third] }
            || on.Name != scope.Name || (principal as NameNode)?.Name != of.Name
            || (ofTable && (third as MemberNode)?.Name != ((MemberNode)((CallNode)role!).Arguments[1]).Name))
            yield return "is not named after its scope, principal and role";
    }

    private static bool IsRole(Node node, string name) => node is MemberNode { Target: NameNode { Name: "roles" } } member && member.Name == name;

    private static bool IsInsights(BicepFile file, MemberNode member) => member is { Name: "ConnectionString", Target: MemberNode { Name: "properties", Target: NameNode of } }
        && file.Find(of.Name)?.Type?.StartsWith("Microsoft.Insights/components@", StringComparison.Ordinal) == true;

    [GeneratedRegex("AccountKey=|SharedAccess(Key|Signature)=|[;?&](Password|Pwd|sig)=|-----BEGIN|[A-Za-z0-9+/]{43,}={1,2}|eyJ[A-Za-z0-9_-]{20,}")]
    private static partial Regex Secret();

    [GeneratedRegex("password|connectionString|accountKey|primaryKey|secondaryKey|clientSecret|sharedAccess", RegexOptions.IgnoreCase)]
    private static partial Regex Telling();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();
}
