"""What is measured on: the books of the bench balance, or betting would stop in the middle of it."""

from bench.ground import seed

from toteboard.ledger.ledger import Ledger
from toteboard.reconciliation.watching import BooksWatch


async def test_the_ground_has_books_that_balance(database: str) -> None:
    await seed(database, stored=1000)
    async with Ledger.opened(database) as ledger:
        watch = BooksWatch(ledger)
        await watch.step()
        assert watch.differing == {}
