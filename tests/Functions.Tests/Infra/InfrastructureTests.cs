using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>
/// The infrastructure as far as it can be checked without Azure's compiler: its grammar, names, references, parameters and permissions, and
/// that code and alerts agree with it. Each check is also tried on a copy that is broken in one place, so that it is known to fail.
/// </summary>
public sealed class InfrastructureTests(ITestOutputHelper output)
{
    private const string Main = Infrastructure.MainPath;
    private const string Access = "infra/modules/access.bicep";
    private const string Functions = "infra/modules/functions.bicep";
    private const string Storage = "infra/modules/storage.bicep";
    private const string Alerts = "infra/modules/alerts.bicep";

    private static string[] Problems(Infrastructure infra, string check) => [.. check switch
    {
        nameof(NameChecks.Declared) => NameChecks.Declared(infra),
        nameof(NameChecks.Modules) => NameChecks.Modules(infra),
        nameof(NameChecks.Resources) => NameChecks.Resources(infra),
        nameof(SafetyChecks.Hardened) => SafetyChecks.Hardened(infra),
        nameof(SafetyChecks.Secrets) => SafetyChecks.Secrets(infra),
        nameof(SafetyChecks.Roles) => SafetyChecks.Roles(infra),
        nameof(DeploymentChecks.Parameters) => DeploymentChecks.Parameters(infra),
        nameof(DeploymentChecks.Azd) => DeploymentChecks.Azd(infra),
        nameof(DeploymentChecks.Settings) => DeploymentChecks.Settings(infra),
        nameof(DeploymentChecks.Alerts) => DeploymentChecks.Alerts(infra),
        _ => throw new ArgumentOutOfRangeException(nameof(check)),
    }];

    [Theory]
    [InlineData(nameof(NameChecks.Declared))]
    [InlineData(nameof(NameChecks.Modules))]
    [InlineData(nameof(NameChecks.Resources))]
    [InlineData(nameof(SafetyChecks.Hardened))]
    [InlineData(nameof(SafetyChecks.Secrets))]
    [InlineData(nameof(SafetyChecks.Roles))]
    [InlineData(nameof(DeploymentChecks.Parameters))]
    [InlineData(nameof(DeploymentChecks.Azd))]
    [InlineData(nameof(DeploymentChecks.Settings))]
    [InlineData(nameof(DeploymentChecks.Alerts))]
    public void Infrastructure_AsItIs_HasNoProblem(string check) => Assert.Empty(Problems(Infrastructure.Load(), check));

    [Theory]
    [InlineData(nameof(NameChecks.Declared), Main, "location: location\n  tags: tags\n}", "location: lokation\n  tags: tags\n}", "lokation is declared nowhere")]
    [InlineData(nameof(NameChecks.Declared), Main, "var token = toLower(", "var idle = 1\nvar token = toLower(", "var idle is used nowhere")]
    [InlineData(nameof(NameChecks.Declared), Main, "toLower(", "toLowr(", "the function toLowr is not known here")]
    [InlineData(nameof(NameChecks.Declared), Storage, "accessTier: 'Hot'", "accessTier: 'Hot'\n    accessTier: 'Cool'", "the key accessTier is given twice")]
    [InlineData(nameof(NameChecks.Declared), Main, "module vault 'modules/vault.bicep'", "module email 'modules/vault.bicep'", "email is declared 2 times")]
    [InlineData(nameof(NameChecks.Declared), Main, "@minLength(1)\n@maxLength(32)", "@minLenght(1)\n@maxLength(32)", "there is no decorator @minLenght")]
    [InlineData(nameof(NameChecks.Modules), Main, "'modules/vault.bicep'", "'modules/valt.bicep'", "there is no modules/valt.bicep")]
    [InlineData(nameof(NameChecks.Modules), Main, "    hubName: events.outputs.hub\n", "", "access is not given hubName")]
    [InlineData(nameof(NameChecks.Modules), Main, "    redundancy: storageRedundancy\n", "    redundancy: storageRedundancy\n    copies: 3\n", "has no parameter copies")]
    [InlineData(nameof(NameChecks.Modules), Main, "redundancy: storageRedundancy", "redundancy: auditPartitions", "redundancy is given a int, but is a string")]
    [InlineData(nameof(NameChecks.Modules), Main, "vaultUri: vault.outputs.uri", "vaultUri: vault.outputs.url", "has no output url")]
    [InlineData(nameof(NameChecks.Modules), Main, "vaultUri: vault.outputs.uri", "vaultUri: vault.properties.uri", "a module has no properties")]
    [InlineData(nameof(NameChecks.Modules), Alerts, "    severity: 2\n", "", "an item of rules has no severity")]
    [InlineData(nameof(NameChecks.Resources), Storage, "Microsoft.Storage/storageAccounts@2023-05-01", "Microsoft.Storage/storageAccounts@2023-5-1", "is not a type and its version")]
    [InlineData(nameof(NameChecks.Resources), Storage, "Microsoft.Storage/storageAccounts@2023-05-01", "Microsoft.Storage/storageAccounts@2022-09-01", "is used in several versions")]
    [InlineData(nameof(NameChecks.Resources), Storage, "  parent: blobs\n", "  parent: tables\n", "package is not a kind of child of tables")]
    [InlineData(nameof(NameChecks.Resources), Storage, "scope: tables", "scope: name", "is no resource of this file")]
    [InlineData(nameof(SafetyChecks.Hardened), Storage, "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "account must say allowSharedKeyAccess: false")]
    [InlineData(nameof(SafetyChecks.Hardened), "infra/modules/events.bicep", "    disableLocalAuth: true\n", "", "namespace must say disableLocalAuth: true")]
    [InlineData(nameof(SafetyChecks.Hardened), Functions, "name: 'scm'", "name: 'sc'", "passwords for scm are not turned off")]
    [InlineData(nameof(SafetyChecks.Secrets), Storage, "output name string = account.name", "output name string = account.listKeys().keys[0].value", "listKeys reads keys")]
    [InlineData(nameof(SafetyChecks.Secrets), Functions, "AzureWebJobsStorage__accountName: storageName", "AzureWebJobsStorage: 'AccountName=a;AccountKey=x'", "looks like a secret")]
    [InlineData(nameof(SafetyChecks.Secrets), Functions, "AZURE_CLIENT_ID: identityClientId", "DB_PASSWORD: 'orange'", "DB_PASSWORD is written down")]
    [InlineData(nameof(SafetyChecks.Secrets), Main, "@maxLength(512)\nparam subnetId", "@secure()\nparam subnetId", "subnetId is a secret with a default")]
    [InlineData(nameof(SafetyChecks.Secrets), "infra/modules/vault.bicep", "Microsoft.Insights/diagnosticSettings@2021-05-01-preview", "Microsoft.KeyVault/vaults/secrets@2023-07-01", "holds a secret")]
    [InlineData(nameof(SafetyChecks.Roles), Access, "KeyVaultSecretsOfficer: 'b86a8fe4", "KeyVaultSecretsOfficer: '00482a5a", "KeyVaultSecretsOfficer is not the id of that built-in role")]
    [InlineData(nameof(SafetyChecks.Roles), Access, "'Microsoft.Authorization/roleDefinitions', roles.StorageBlobDataOwner)", "'Microsoft.Authorization/roleDefinitions', 'b24988ac')", "blobs has a role from elsewhere")]
    [InlineData(nameof(SafetyChecks.Roles), Access, "'Microsoft.Authorization/roleDefinitions', roles.StorageQueueDataContributor)", "'Microsoft.Authorization/roleDefinitions', roles.StorageBlobDataOwner)", "StorageQueueDataContributor is assigned to nobody")]
    [InlineData(nameof(SafetyChecks.Roles), Access, "guid(vault.id, appPrincipalId,", "guid(hub.id, appPrincipalId,", "secrets is not named after its scope, principal and role")]
    [InlineData(nameof(SafetyChecks.Roles), Access, "  scope: insights\n", "", "telemetry has no single resource as its scope")]
    [InlineData(nameof(SafetyChecks.Roles), Access, "'Microsoft.Communication/EmailServices/Write'", "'Microsoft.Communication/*'", "allows with a wildcard")]
    [InlineData(nameof(SafetyChecks.Roles), Main, "'id-access-${token}'", "'b24988ac-6180-42a0-ab88-20f7382dd24c'", "belongs into the table of roles")]
    [InlineData(nameof(DeploymentChecks.Parameters), Main, "@description('Days that logs are kept.')\n", "", "logRetentionDays has no description")]
    [InlineData(nameof(DeploymentChecks.Parameters), Main, "param logRetentionDays int = 90", "param logRetentionDays int = 9", "logRetentionDays has a default out of its bounds")]
    [InlineData(nameof(DeploymentChecks.Parameters), Main, "@minValue(30)\n", "", "logRetentionDays has no bounds")]
    [InlineData(nameof(DeploymentChecks.Parameters), Main, "param storageRedundancy string = 'Standard_ZRS'", "param storageRedundancy string = 'Premium_ZRS'", "storageRedundancy has a default that is not allowed")]
    [InlineData(nameof(DeploymentChecks.Parameters), Main, "param emailDomainVerified bool = false", "param emailDomainVerified bool = 'no'", "emailDomainVerified has a default that is a string")]
    [InlineData(nameof(DeploymentChecks.Parameters), Infrastructure.ParametersPath, "\"oidcIssuer\"", "\"oidcIsuer\"", "there is no parameter oidcIsuer")]
    [InlineData(nameof(DeploymentChecks.Parameters), Infrastructure.ParametersPath, "${ACCESS_SUBNET_ID=}", "${ACCESS_SUBNET_ID}", "subnetId has a default, which an unset variable would replace by nothing")]
    [InlineData(nameof(DeploymentChecks.Azd), Infrastructure.AzdPath, "./src/Functions", "./src/Function", "./src/Function is no project")]
    [InlineData(nameof(DeploymentChecks.Azd), Infrastructure.AzdPath, "host: function", "host: appservice", "functions is not hosted as function")]
    [InlineData(nameof(DeploymentChecks.Azd), Functions, "'azd-service-name': 'functions'", "'azd-service-name': 'api'", "is tagged for the service functions")]
    [InlineData(nameof(DeploymentChecks.Azd), Functions, "version: '10.0'", "version: '9.0'", "app does not run .NET 10.0")]
    [InlineData(nameof(DeploymentChecks.Azd), Main, "output ACCESS_AUDIT_HUB", "output ACCESS_HUB", "ACCESS_HUB is not on the page")]
    [InlineData(nameof(DeploymentChecks.Settings), Functions, "Tables__Endpoint:", "Table__Endpoint:", "nobody reads the setting Table__Endpoint")]
    [InlineData(nameof(DeploymentChecks.Settings), Functions, "AzureWebJobsDisableHomepage: 'true'", "WEBSITE_RUN_FROM_PACKAGE: '1'", "nobody reads the setting WEBSITE_RUN_FROM_PACKAGE")]
    [InlineData(nameof(DeploymentChecks.Settings), Functions, "      KeyVault__Uri: vaultUri\n", "", "the setting KeyVault__Uri is missing")]
    [InlineData(nameof(DeploymentChecks.Alerts), Alerts, "\"Audit backlog:\"", "\"Audit is behind:\"", "nobody logs \"Audit is behind:\"")]
    [InlineData(nameof(DeploymentChecks.Alerts), Alerts, "\"access.grant.revocation-failing\"", "\"access.request.emergency-\"", "no alert is made for access.grant.revocation-failing")]
    public void Infrastructure_BrokenInOnePlace_IsFound(string check, string path, string old, string replacement, string problem)
    {
        var problems = Problems(Infrastructure.Load().With(path, old, replacement), check);

        Assert.Contains(problems, found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("param name strin = ", "an expression was expected")]
    [InlineData("var text = 'open", "a text is not closed")]
    [InlineData("var list = [1 2]", "a comma, a new line or \"]\" was expected")]
    [InlineData("var a = 1 var b = 2", "a new line was expected")]
    [InlineData("resource x 'A/b@1' = { name: }", "an expression was expected")]
    [InlineData("type pair = { a: int }", "\"type\" is no statement that is read here")]
    [InlineData("var text = '${a b}'", "\"b\" has no place in ${}")]
    public void Bicep_ThatIsNone_IsAnErrorThatSaysWhere(string text, string problem)
    {
        var wrong = Assert.Throws<FormatException>(() => BicepFile.Read("x.bicep", text));

        Assert.StartsWith("x.bicep: line 1: ", wrong.Message, StringComparison.Ordinal);
        Assert.Contains(problem, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bicep_OfEveryKindUsedHere_IsRead()
    {
        var file = BicepFile.Read("x.bicep", """
            targetScope = 'subscription'
            /* two
               lines */
            @description('What\'s it')
            param a string = '' // none
            var b = empty(a) ? { 'k-1': [1, -2] } : { k: null }
            var c = [for (x, i) in items({}): '${x.key}-${i + 1}{}']
            var d = toObject([], x => x.name, (x) => !x.ok && a != 'b')
            resource e 'M.N/o@2020-01-01' existing = if (!empty(a)) {
              name: '${a}'
            }
            output f string = e.properties['g'].?h ?? '''
            raw ${not} '''
            """);

        Assert.Equal(["targetScope", "param", "var", "var", "var", "resource", "output"], file.Declarations.Select(static d => d.Kind));
        Assert.Equal("What's it", ((TextNode)file.Declarations[1].Decorators[0].Arguments[0]).Literal);
        Assert.True(file.Find("e") is { Existing: true, Body: not null });
        Assert.Equal(12, file.Declarations[^1].Line);
    }

    [Fact]
    public async Task Bicep_WhereItsCompilerIsAtHand_Compiles()
    {
        var name = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "bicep.exe" : "bicep";
        var compiler = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (compiler is null)
        {
            output.WriteLine("The bicep compiler is not on the PATH. Checked here: grammar, names, references, parameters, permissions, settings, alerts.");
            output.WriteLine("Not checked: whether Azure knows the types, versions and properties of resources, the values they take, and whether a deployment succeeds.");
            return;
        }

        foreach (var verb in (string[])["build", "lint"])
        {
            string[] arguments = verb == "build" ? [verb, Infrastructure.MainPath, "--stdout"] : [verb, Infrastructure.MainPath];
            using var process = Process.Start(new ProcessStartInfo(compiler, arguments) { WorkingDirectory = Infrastructure.Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (said, wrong) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            output.WriteLine(await wrong);
            Assert.True(process.ExitCode == 0, $"bicep {verb}: {await wrong}");
            _ = await said;
        }
    }
}
