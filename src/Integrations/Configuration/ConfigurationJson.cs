using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>How people, platforms and access groups are written in files: the API's names and forms, and nothing left to null by accident.</summary>
internal static class ConfigurationJson
{
    private static readonly JsonSerializerOptions Options = new(DomainJson.Default.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static JsonTypeInfo<Person> Person { get; } = For<Person>();
    public static JsonTypeInfo<PersonSettings> PersonSettings { get; } = For<PersonSettings>();
    public static JsonTypeInfo<AccessGroup> AccessGroup { get; } = For<AccessGroup>();

    /// <summary>The rules for any type that files write.</summary>
    public static JsonTypeInfo<T> For<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
