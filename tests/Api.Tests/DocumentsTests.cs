using System.Text.Json;
using AccessFunctions.Api.Json;
using AccessFunctions.Domain.Policy;
using Xunit;

namespace AccessFunctions.Api.Tests;

public sealed class DocumentsTests
{
    [Fact]
    public void AccessGroup_IsReadAndWrittenAsInFiles()
    {
        const string Window = """{"days":["Mon","Fri"],"from":"08:00","to":"18:00"}""";
        var group = JsonSerializer.Deserialize<AccessGroup>($$"""{ "id": "a", "defaultDuration": "90m", "accessWindows": [ {{Window}} ] }""", ApiJson.Documents)!;
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Friday], group.AccessWindows[0].Days);
        Assert.Equal((TimeSpan.FromMinutes(90), TimeSpan.FromHours(8), 1), (group.DefaultDuration, group.MaxDuration, group.ApprovalsRequired));
        Assert.Empty(group.Levels);
        Assert.Contains(Window, JsonSerializer.Serialize(group, ApiJson.Documents), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "id": "a", "rules": { "Role": { } } }""")]
    [InlineData("""{ "id": "a", "rules": { "Role": { "mode": 0 } } }""")]
    [InlineData("""{ "id": "a", "members": null }""")]
    [InlineData("""{ "id": "a", "colour": "red" }""")]
    public void AccessGroup_WithAFault_IsRefused(string text)
    {
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AccessGroup>(text, ApiJson.Documents));
    }
}
