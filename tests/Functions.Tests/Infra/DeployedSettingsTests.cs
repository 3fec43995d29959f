using AccessFunctions.Api.Authentication;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Functions.Hosting;
using AccessFunctions.Functions.Mail;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.People.Graph;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>The settings that Bicep gives the app, with values of the form they have in Azure, as the host takes them at its start.</summary>
public sealed class DeployedSettingsTests
{
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["AZURE_CLIENT_ID"] = "00000000-0000-0000-0000-000000000001",
        ["Host__PublicAddress"] = "https://func-access-x.azurewebsites.net",
        ["Tables__Endpoint"] = "https://staccessx.table.core.windows.net/",
        ["EventHubs__Namespace"] = "evhns-access-x.servicebus.windows.net",
        ["EventHubs__Hub"] = "audit",
        ["KeyVault__Uri"] = "https://kv-access-x.vault.azure.net/",
        ["Mail__Endpoint"] = "https://acs-access-x.europe.communication.azure.com",
        ["Mail__FromAddress"] = "DoNotReply@00000000-0000-0000-0000-000000000002.azurecomm.net",
        ["Mail__ReplyAddress"] = "access@example.com",
        ["Mail__Inbound__AuthservId"] = "mx.example.com",
        ["Mail__Inbound__Secrets__0"] = "of-the-vault-0123456789abcdef0123456789abcdef",
        ["Mail__Inbound__Graph__Mailbox"] = "access@example.com",
        ["Assistant__Model__Endpoint"] = "https://models.example.com/v1",
        ["Assistant__Model__Name"] = "small",
        ["Assistant__Model__Key"] = "of-the-vault",
        ["Scim__Tokens__0"] = "of-the-vault-0123456789abcdef0123456789abcdef",
        ["Scim__Issuer"] = "https://login.example.com",
        ["Directory__Graph__Enabled"] = "true",
        ["Directory__Graph__Groups__0"] = "02bd9fd6-8f93-4758-87c3-1fb73740a315, 06f62f70-9827-4e6e-93ef-8e0f2d9b7b23",
        ["Directory__Graph__Issuer"] = "https://login.example.com",
        ["Retention__Requests"] = "2555d",
        ["Retention__Events"] = "2555d",
        ["Retention__PersonalData"] = "365d",
        ["Slack__Channel"] = "C0123456789",
        ["Slack__TeamId"] = "T0123456789",
        ["Slack__AppId"] = "A0123456789",
        ["Slack__BotToken"] = "xoxb-of-the-vault",
        ["Slack__SigningSecret"] = "of-the-vault",
        ["Oidc__Issuers__0__Issuer"] = "https://login.example.com",
        ["Oidc__Issuers__0__Audience"] = "access-functions",
        ["Oidc__Issuers__0__RolesClaim"] = "roles",
        ["Oidc__Issuers__0__ClientId"] = "access-web",
        ["Oidc__Issuers__0__ClientSecret"] = "of-the-vault",
    };

    [Fact]
    public void Settings_ThatBicepGives_AreAcceptedAtStart_AndTurnEverythingOn()
    {
        var given = Infrastructure.Load().Resources("Microsoft.Web/sites/config").SelectMany(static found => found.Resource.Body!["properties"]!.All().OfType<EntryNode>())
            .Select(static entry => entry.Key.Literal!).Where(static name => !name.StartsWith("AzureWebJobs", StringComparison.Ordinal) && !name.StartsWith("APPLICATIONINSIGHTS", StringComparison.Ordinal)).ToList();
        Assert.Equal(Values.Keys.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            Values.Select(static setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)).Append(new("WEBSITE_SITE_NAME", "func-access-x"))).Build();
        using var services = new ServiceCollection().AddLogging().AddAccessFunctions(configuration).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();

        Assert.Equal(Values["Tables__Endpoint"], Of<TableSettings>(services).Endpoint);
        Assert.Equal(new RetentionRules(TimeSpan.FromDays(2555), TimeSpan.FromDays(2555), TimeSpan.FromDays(365)), services.GetRequiredService<RetentionRules>());
        Assert.Equal(Values["KeyVault__Uri"], Of<KeyVaultSettings>(services).Uri);
        Assert.True(Of<EventHubSettings>(services).IsConfigured);
        Assert.True(Of<MailSettings>(services).IsConfigured);
        Assert.Equal(Values["Mail__ReplyAddress"], Of<MailSettings>(services).ReplyAddress);
        var registered = services.GetRequiredService<IServiceProviderIsService>();
        Assert.True(registered.IsService(typeof(MailPosts)));
        Assert.IsType<CredentialGraphTokens>(services.GetRequiredService<IGraphTokens>());
        Assert.True(registered.IsService(typeof(MailboxPoller)));
        Assert.True(services.GetRequiredService<ScimTokens>().IsOne(Values["Scim__Tokens__0"]));
        Assert.Equal(2, services.GetRequiredService<DirectoryGraphOptions>().GivenGroups.Count);
        Assert.IsType<CredentialGraphTokens>(services.GetRequiredService<DirectoryGraphTokens>().Tokens);
        Assert.True(registered.IsService(typeof(GraphReader)));
        Assert.Equal(Values["Scim__Issuer"], services.GetRequiredService<ProvisionedPeople>().Issuers.BySource[Sources.Scim]);
        Assert.Equal(Values["Oidc__Issuers__0__Audience"], Assert.Single(Of<OidcOptions>(services).Issuers).Audience);
    }

    private static T Of<T>(IServiceProvider services) where T : class => services.GetRequiredService<IOptions<T>>().Value;
}
