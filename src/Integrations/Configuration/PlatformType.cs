using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>A type of platform, as <c>platforms.yaml</c> names it. <see cref="PlatformTypes.All"/> has them all.</summary>
/// <param name="name">The adapter's <c>TypeName</c>.</param>
/// <param name="secrets">Names of the fields that hold secrets.</param>
internal abstract class PlatformType(string name, IReadOnlyList<string> secrets)
{
    public string Name { get; } = name;

    /// <summary>The fields that hold secrets: in them, <c>${NAME}</c> stands for an environment variable.</summary>
    public IReadOnlyList<string> Secrets { get; } = secrets;

    /// <summary>
    /// The fields that name programs the host runs, paths it reads or writes, or servers that its own identity is shown: the files alone set them,
    /// never a request, and they are not shown.
    /// </summary>
    public virtual IReadOnlyList<string> HostFields => [];

    /// <summary>Which system the options connect to. A request changes a platform, never which system it is: what was given through it is taken through it.</summary>
    public abstract string SystemOf(object options);

    /// <summary>Reports what stands against options that no file has, only a request.</summary>
    /// <param name="path">The platform's place in the document.</param>
    public abstract void CheckNew(object options, YamlDocument document, string path, List<ConfigurationError> errors);

    /// <summary>Reads the options of one platform, and reports what is wrong with them at their fields.</summary>
    /// <param name="fields">The options as written, variables put in, without <c>type</c>.</param>
    /// <param name="path">The platform's place in the document.</param>
    /// <returns>The options; null where they cannot be read. To be used only where no fault was reported.</returns>
    public abstract object? Read(YamlDocument document, JsonObject fields, string path, List<ConfigurationError> errors);

    /// <summary>Builds a platform.</summary>
    /// <param name="options">What <see cref="Read"/> gave.</param>
    /// <exception cref="ArgumentException">It cannot be made from these options; the message holds no secret.</exception>
    public abstract IPlatform Build(object options, PlatformServices services);
}

/// <summary>A type of platform with its options, which are read by their own JSON rules.</summary>
internal abstract class PlatformType<TOptions>(string name, params string[] secrets) : PlatformType(name, secrets)
    where TOptions : class
{
    private static readonly JsonTypeInfo<TOptions> Json = ConfigurationJson.For<TOptions>();

    public sealed override object? Read(YamlDocument document, JsonObject fields, string path, List<ConfigurationError> errors)
    {
        var options = TypedReader.Read(document, fields, path, Json, errors);
        if (options is not null) Check(options, new FieldChecks(document, path, errors));
        return options;
    }

    public sealed override string SystemOf(object options) => SystemOf((TOptions)options);

    public sealed override void CheckNew(object options, YamlDocument document, string path, List<ConfigurationError> errors) => CheckNew((TOptions)options, new FieldChecks(document, path, errors));

    public sealed override IPlatform Build(object options, PlatformServices services) => Build((TOptions)options, services);

    /// <summary>Reports what the options' types alone do not keep out.</summary>
    protected virtual void Check(TOptions options, FieldChecks checks)
    {
    }

    protected virtual string SystemOf(TOptions options) => "";

    protected virtual void CheckNew(TOptions options, FieldChecks checks)
    {
    }

    protected abstract IPlatform Build(TOptions options, PlatformServices services);
}
