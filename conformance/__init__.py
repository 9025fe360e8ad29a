"""Does an implementation keep the contract? Rules as data, properties that check them, one verdict each."""
