using AccessFunctions.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Functions.Tests.Hosting;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("UseDevelopmentStorage=true", true)]
    [InlineData("UseDevelopmentStorage=true;", true)]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=x;TableEndpoint=http://127.0.0.1:10002/devstoreaccount1", true)]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=prod;AccountKey=x;EndpointSuffix=core.windows.net", false)]
    [InlineData("AccountName=prod;AccountKey=x;TableEndpoint=https://prod.table.core.windows.net", false)]
    [InlineData("UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://10.0.0.4", false)]
    [InlineData("UseDevelopmentStorage=false", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("", false)]
    public void Tables_ByConnectionString_AreOnThisMachineAlone(string connection, bool accepted) =>
        Assert.Equal(accepted, Fault<TableSettings>(("Tables:ConnectionString", connection)) is null);

    [Fact]
    public void Tables_RefusedConnectionString_SaysWhatToDo_AndRepeatsNoKey()
    {
        var words = Fault<TableSettings>(("Tables:ConnectionString", "AccountName=prod;AccountKey=verysecret;EndpointSuffix=core.windows.net"));
        Assert.Contains("Tables:Endpoint", words, StringComparison.Ordinal);
        Assert.DoesNotContain("verysecret", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://account.table.core.windows.net", true)]
    [InlineData("http://account.table.core.windows.net", false)]
    [InlineData("https://account.table.core.windows.net/?sv=2024&sig=x", false)]
    [InlineData("account", false)]
    public void Tables_ByEndpoint_AreHttpsWithoutASignature(string endpoint, bool accepted) =>
        Assert.Equal(accepted, Fault<TableSettings>(("Tables:Endpoint", endpoint)) is null);

    [Fact]
    public void Tables_AreRequired_AndNamedOnce()
    {
        Assert.NotNull(Fault<TableSettings>());
        Assert.NotNull(Fault<TableSettings>(("Tables:Endpoint", "https://a.table.core.windows.net"), ("Tables:ConnectionString", "UseDevelopmentStorage=true")));
    }

    [Fact]
    public void EventHubs_AreNamespaceAndHub_OrNothing()
    {
        Assert.Null(Fault<EventHubSettings>());
        Assert.Null(Fault<EventHubSettings>(("EventHubs:Namespace", "ns.servicebus.windows.net"), ("EventHubs:Hub", "audit")));
        Assert.NotNull(Fault<EventHubSettings>(("EventHubs:Namespace", "ns.servicebus.windows.net")));
        Assert.NotNull(Fault<EventHubSettings>(("EventHubs:Hub", "audit")));
        Assert.NotNull(Fault<EventHubSettings>(("EventHubs:Namespace", "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKey=x"), ("EventHubs:Hub", "audit")));
    }

    [Fact]
    public void Mail_IsEndpointAndSender_OrNothing()
    {
        Assert.Null(Fault<MailSettings>());
        Assert.Null(Fault<MailSettings>(("Mail:Endpoint", "https://acs.communication.azure.com"), ("Mail:FromAddress", "access@example.com")));
        Assert.NotNull(Fault<MailSettings>(("Mail:Endpoint", "https://acs.communication.azure.com")));
        Assert.NotNull(Fault<MailSettings>(("Mail:Endpoint", "endpoint=https://acs.communication.azure.com;accesskey=x"), ("Mail:FromAddress", "access@example.com")));
    }

    [Theory]
    [InlineData("1d", true)]
    [InlineData("1h", true)]
    [InlineData("30m", false)]
    [InlineData("soon", false)]
    public void KeepHistories_IsADuration(string text, bool accepted) => Assert.Equal(accepted, Fault<DurableSettings>(("Durable:KeepHistories", text)) is null);

    private static string? Fault<T>(params (string Key, string Value)[] settings) where T : class
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        using var services = new ServiceCollection().AddAccessFunctions(configuration).BuildServiceProvider();
        try
        {
            _ = services.GetRequiredService<IOptions<T>>().Value;
            return null;
        }
        catch (OptionsValidationException fault)
        {
            return fault.Message;
        }
    }
}
