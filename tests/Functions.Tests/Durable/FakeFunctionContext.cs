using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>What a function is told of its invocation. Stands in because the worker's own cannot be made here.</summary>
internal sealed class FakeFunctionContext(IServiceProvider services, CancellationToken cancellation = default) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();
    public override string FunctionId => throw new NotSupportedException();
    public override TraceContext TraceContext => throw new NotSupportedException();
    public override BindingContext BindingContext => throw new NotSupportedException();
    public override RetryContext RetryContext => throw new NotSupportedException();
    public override IServiceProvider InstanceServices { get; set; } = services;
    public override FunctionDefinition FunctionDefinition => throw new NotSupportedException();
    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();
    public override IInvocationFeatures Features => throw new NotSupportedException();
    public override CancellationToken CancellationToken => cancellation;
}
