using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>What clients ask of the service.</summary>
internal sealed partial class FakeDurableService
{
    /// <summary>Starts an instance; one that exists with a status in the list is kept and this throws, any other is replaced.</summary>
    public void Start(string id, string orchestrator, string? input, IReadOnlyList<string> dedupe)
    {
        lock (_gate)
        {
            if (_instances.TryGetValue(id, out var existing) && dedupe.Contains(existing.Status.ToString()))
                throw new InvalidOperationException($"An orchestration instance with id {id} exists already and is {existing.Status}.");
            _ = _functions.Orchestrator(orchestrator);
            _instances[id] = new FakeInstance(id, orchestrator, input, Time.GetUtcNow());
            Changed();
        }
    }

    public void Raise(string id, string name, string? data)
    {
        lock (_gate)
        {
            if (_instances.GetValueOrDefault(id) is { IsOver: false } instance)
            {
                instance.Inbox.Add(new EventArrived(name, data));
                Changed();
            }
            else if (ChecksBeforeRaise)
            {
                throw new InvalidOperationException($"No running instance with id {id} was found.");
            }
        }
    }

    /// <summary>Ends an instance from outside. Its activities run on; nobody hears of them.</summary>
    public void End(string id, OrchestrationRuntimeStatus status)
    {
        lock (_gate)
        {
            var instance = _instances[id];
            (instance.Status, instance.UpdatedAt) = (status, Time.GetUtcNow());
            instance.Inbox.Clear();
        }
    }

    /// <summary>Forgets instances that are over; the number.</summary>
    public int Purge(Func<FakeInstance, bool> which)
    {
        lock (_gate)
        {
            var purged = _instances.Values.Where(instance => instance.IsOver && which(instance)).ToList();
            foreach (var instance in purged) _ = _instances.Remove(instance.Id);
            return purged.Count;
        }
    }
}
