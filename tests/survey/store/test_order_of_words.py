"""Words come in an order of their own: where a language is missing, every database falls back to the same one."""

from survey.models import Base


def test_the_words_of_every_noun_are_ordered_by_language() -> None:
    of_words = {
        f"{mapper.class_.__name__}.{relation.key}": relation.order_by
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if relation.key == "texts"
    }
    assert len(of_words) >= 8
    assert [name for name, order in of_words.items() if not order] == []
