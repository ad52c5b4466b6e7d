"""The names of a district's things in the visitor's language; what has left the district keeps its code."""

from dataclasses import dataclass

from dispatcher.domain.district import District


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Looks up what people call a thing."""

    district: District
    language: str

    def category(self, code: str) -> str:
        known = {row.code: row for row in self.district.categories.rows}
        if code not in known:
            return code
        return known[code].name_zh if self.language == "zh" else known[code].name_en

    def cell(self, code: str) -> str:
        return next((cell.name for cell in self.district.grid.cells if cell.code == code), code)

    def camera(self, camera_id: str) -> str:
        return next((one.name for one in self.district.cameras if one.camera_id == camera_id), camera_id)

    def person(self, person_id: str) -> str:
        person = self.district.roster.person(person_id)
        return person_id if person is None else person.name
