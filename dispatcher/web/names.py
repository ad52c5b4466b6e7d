"""The names of a district's things in the visitor's language; what has left the district keeps its code."""

from dataclasses import dataclass

from dispatcher.domain.category import Category
from dispatcher.domain.district import Body, District


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Looks up what people call a thing."""

    district: District
    language: str

    def category(self, code: str) -> str:
        return next((self._own(row) for row in self.district.categories.rows if row.code == code), code)

    def body(self, body_id: str) -> str:
        return next((self._own(body) for body in self.district.bodies if body.body_id == body_id), body_id)

    def cell(self, code: str) -> str:
        return next((cell.name for cell in self.district.grid.cells if cell.code == code), code)

    def camera(self, camera_id: str) -> str:
        return next((one.name for one in self.district.cameras if one.camera_id == camera_id), camera_id)

    def person(self, person_id: str) -> str:
        person = self.district.roster.person(person_id)
        return person_id if person is None else person.name

    def _own(self, thing: Category | Body) -> str:
        return thing.name_zh if self.language == "zh" else thing.name_en
