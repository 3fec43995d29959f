using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

public sealed class PlatformTypesTests
{
    public static TheoryData<string, string> Secrets() => [.. PlatformTypes.All.SelectMany(static type => type.Secrets.Select(field => (type.Name, field)))];

    /// <summary>Each adapter has one entry, which lies beside it.</summary>
    [Fact]
    public void Adapter_ThatExists_IsInTheTable() => Assert.Equal(
        typeof(PlatformTypes).Assembly.GetTypes()
            .Where(static type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IPlatform)))
            .Select(static type => (type.GetField("TypeName")?.GetRawConstantValue() as string ?? $"{type.Name} without a TypeName", type.Namespace)).Order(),
        PlatformTypes.All.Select(static type => (type.Name, type.GetType().Namespace)).Order());

    [Theory]
    [MemberData(nameof(Secrets))]
    public void Secret_TakesVariables_AndSaysWhichIsNotSet(string type, string field)
    {
        var text = $"platforms: [{{ name: some, type: {type}, {field}: 'before ${{NOT_SET}} after' }}]";
        var (fault, unknown) = ($"platforms[0].{field}: the environment variable NOT_SET is not set", $"there is no field \"{field}\"");
        Assert.Contains(Faults(text), error => error.Contains(fault, StringComparison.Ordinal));
        Assert.DoesNotContain(Faults(text), error => error.Contains(unknown, StringComparison.Ordinal));
        Assert.DoesNotContain(Faults(text, ("NOT_SET", "value")), error => error.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Secret_OfOneType_IsNoFieldOfOthers()
    {
        var fault = Assert.Single(Faults("platforms: [{ name: some, type: vault, sas: '${NOT_SET}' }]"));
        Assert.Contains("platforms[0].sas: there is no field \"sas\" here", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Field_ThatHoldsNoSecret_IsReadAsWritten()
    {
        var errors = new List<ConfigurationError>();
        var platforms = PlatformsFile.Read(YamlDocument.Parse("p.yaml", "platforms: [{ name: some, type: recordings, folder: '${HOME}' }]"), static _ => "value", errors);
        Assert.Empty(errors);
        Assert.Equal("${HOME}", Assert.IsType<Integrations.Recordings.RecordingsOptions>(Assert.Single(platforms!).Options).Folder);
    }

    [Fact]
    public void Type_ThatIsNotInTheTable_IsRefusedWithThoseThatAre()
    {
        var fault = Assert.Single(Faults("platforms: [{ name: some, type: oracle }]"));
        Assert.EndsWith($"platforms[0].type: must be one of: {string.Join(", ", PlatformTypes.All.Select(static type => type.Name))}", fault, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Faults(string text, params (string Name, string Value)[] variables)
    {
        var errors = new List<ConfigurationError>();
        Assert.Null(PlatformsFile.Read(YamlDocument.Parse("p.yaml", text), name => variables.FirstOrDefault(variable => variable.Name == name).Value, errors));
        return [.. errors.Select(static error => error.ToString())];
    }
}
