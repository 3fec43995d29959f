using AccessFunctions.Application.Ports;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests.Inventory;

/// <summary>What other tests stand on keeps the stores' contract.</summary>
public sealed class InMemoryInventoryStoreTests : InventoryStoreContract
{
    private readonly InMemoryInventoryStore _store = new();

    protected override IInventoryStore Opened => _store;
}
