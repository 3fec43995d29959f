using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>Finds orchestrators and activities by their attributes, as the worker's generated metadata would, and calls them.</summary>
internal sealed class FunctionCatalog(IEnumerable<Type> types)
{
    private readonly Dictionary<string, MethodInfo> _functions = types
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null && Trigger(method) is not null)
        .ToDictionary(method => method.GetCustomAttribute<FunctionAttribute>()!.Name, StringComparer.OrdinalIgnoreCase);

    public FunctionCatalog(Assembly assembly) : this(assembly.GetTypes())
    {
    }

    public Func<TaskOrchestrationContext, Task> Orchestrator(string name)
    {
        var method = _functions.GetValueOrDefault(name) is { } found && Trigger(found) is OrchestrationTriggerAttribute ? found : throw new InvalidOperationException($"There is no orchestrator {name}.");
        return method.CreateDelegate<Func<TaskOrchestrationContext, Task>>();
    }

    /// <summary>Runs an activity on an instance made from the services; input and result are JSON of the worker's serializer.</summary>
    public async Task<string?> Run(string name, string? input, IServiceProvider services, CancellationToken cancellation)
    {
        var method = _functions.GetValueOrDefault(name) is { } found && Trigger(found) is ActivityTriggerAttribute ? found : throw new InvalidOperationException($"There is no activity {name}.");
        var target = method.IsStatic ? null : ActivatorUtilities.GetServiceOrCreateInstance(services, method.DeclaringType!);
        var arguments = method.GetParameters().Select(parameter =>
            parameter.GetCustomAttribute<ActivityTriggerAttribute>() is not null ? input is null ? null : JsonSerializer.Deserialize(input, parameter.ParameterType)
            : parameter.ParameterType == typeof(FunctionContext) ? new FakeFunctionContext(services, cancellation)
            : parameter.ParameterType == typeof(CancellationToken) ? (object?)cancellation
            : throw new InvalidOperationException($"The activity {name} has a parameter that nothing binds: {parameter.Name}.")).ToArray();
        var task = (Task)method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
        await task;
        var result = task.GetType().GetProperty(nameof(Task<object>.Result))?.GetValue(task);
        return result is null ? null : JsonSerializer.Serialize(result);
    }

    private static Attribute? Trigger(MethodInfo method) => method.GetParameters()
        .Select(parameter => parameter.GetCustomAttribute<OrchestrationTriggerAttribute>() ?? (Attribute?)parameter.GetCustomAttribute<ActivityTriggerAttribute>())
        .FirstOrDefault(trigger => trigger is not null);
}
