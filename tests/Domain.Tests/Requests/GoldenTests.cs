using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>
/// The JSON of state, signals, effects and access groups, pinned in <c>Golden/</c>: requests in flight outlive upgrades. To renew a file
/// after a change that old data survives, run these tests once with <c>ACCESS_RENEW_GOLDEN=1</c> and read the difference before committing.
/// </summary>
public sealed class GoldenTests
{
    private static readonly JsonSerializerOptions Indented = new(DomainJson.Default.Options) { WriteIndented = true, NewLine = "\n" };
    private static readonly string Folder = Path.Combine(ProjectFolder(), "Golden");
    private static readonly Dictionary<string, object> Samples = GoldenSamples.All;

    public static TheoryData<string> Names() => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_IsAsPinned_AndReadsBack(string name)
    {
        var path = Path.Combine(Folder, name + ".json");
        var text = Write(Samples[name]) + "\n";
        if (Environment.GetEnvironmentVariable("ACCESS_RENEW_GOLDEN") == "1") File.WriteAllText(path, text);

        const string how = "If requests in flight and stored documents still read, run the tests once with ACCESS_RENEW_GOLDEN=1 and commit the new file.";
        Assert.True(File.Exists(path), $"Golden/{name}.json is missing. {how}");
        var pinned = File.ReadAllText(path).ReplaceLineEndings("\n");
        Assert.True(pinned == text, $"The JSON of {name} is not what Golden/{name}.json pins. {how}\nNow:\n{text}\nPinned:\n{pinned}");
        Assert.Equal(pinned, Write(Read(Samples[name], pinned)) + "\n");
    }

    [Fact]
    public void Folder_HoldsNothingElse() =>
        Assert.Equal(Samples.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    [Fact]
    public void Samples_CoverEverySignalAndEffect()
    {
        var all = typeof(Signal).Assembly.GetTypes().Where(type => !type.IsAbstract && (type.IsSubclassOf(typeof(Signal)) || type.IsSubclassOf(typeof(Effect))));
        Assert.Empty(all.Except(Samples.Values.Select(sample => sample.GetType())));
    }

    /// <summary>A member that no sample sets would be pinned by nothing.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Sample_SetsEveryMember(string name) => Assert.Empty(Unset(Samples[name], name));

    [Fact]
    public void UnknownMember_IsRefused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"type":"release","id":"s","by":"alice","channel":"SignedIn","at":"2026-03-02T12:00:00Z","facts":{},"also":1}""", DomainJson.Default.Signal));

    /// <summary>What was written before a member was added does not name it.</summary>
    [Fact]
    public void MissingMember_GetsItsDefault()
    {
        var group = JsonSerializer.Deserialize("""{"id":"analysts"}""", DomainJson.Default.AccessGroup)!;
        Assert.Equal((TimeSpan.FromHours(24), true, "UTC", 1), (group.LapseAfter, group.ApproversMayChangePeriod, group.TimeZone, group.ApprovalsRequired));
    }

    private static string Write(object sample) => JsonSerializer.Serialize(sample, Stored(sample), Indented);

    private static object Read(object sample, string text) => JsonSerializer.Deserialize(text, Stored(sample), Indented)!;

    /// <summary>The type it is stored as, which says its own in the JSON where it is one of several.</summary>
    private static Type Stored(object sample) => sample switch
    {
        Signal => typeof(Signal),
        Effect => typeof(Effect),
        _ => sample.GetType(),
    };

    private static IEnumerable<string> Unset(object value, string path)
    {
        if (value is string or ValueType) yield break;
        if (value is IEnumerable list)
        {
            var any = false;
            foreach (var item in list)
            {
                any = true;
                foreach (var unset in Unset(item.GetType().GetProperty("Value")?.GetValue(item) ?? item, path + "[]")) yield return unset;
            }

            if (!any) yield return path;
            yield break;
        }

        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<JsonIgnoreAttribute>() is not null) continue;
            var member = $"{path}.{property.Name}";
            if (property.GetValue(value) is not { } set) yield return member;
            else foreach (var unset in Unset(set, member)) yield return unset;
        }
    }

    private static string ProjectFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AccessFunctions.Domain.Tests.csproj"))) return folder.FullName;
        }

        throw new InvalidOperationException("Run these tests from within the repository: they read its golden files.");
    }
}
