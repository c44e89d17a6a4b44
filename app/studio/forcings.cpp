#include "app/studio/forcings.h"

#include <QUndoCommand>

namespace dotmoe::studio {
namespace {

bool same_expert(const Forcing& a, const Forcing& b) {
    return a.token == b.token && a.layer == b.layer && a.expert == b.expert;
}

QString name_of_place(const Forcing& forcing) {
    return Forcings::tr("expert %1 of layer %2 for token %3")
        .arg(forcing.expert)
        .arg(forcing.layer)
        .arg(forcing.token);
}

}  // namespace

class Forcings::Change : public QUndoCommand {
  public:
    Change(Forcings& forcings, std::vector<Forcing> after, const QString& text)
        : QUndoCommand(text), m_forcings(forcings), m_before(forcings.all()), m_after(std::move(after)) {}
    void undo() override { m_forcings.set(m_before); }
    void redo() override { m_forcings.set(m_after); }

  private:
    Forcings& m_forcings;
    std::vector<Forcing> m_before, m_after;
};

Forcings::Forcings(QObject* parent) : QObject(parent) {}

std::vector<ExpertMark> Forcings::marks(int token) const {
    std::vector<ExpertMark> marks;
    for (const auto& [of, layer, expert, on] : m_all)
        if (of == token) marks.push_back({static_cast<int>(layer), static_cast<int>(expert), on});
    return marks;
}

void Forcings::force(const Forcing& forcing) {
    auto after = m_all;
    std::erase_if(after, [&](const Forcing& other) { return same_expert(other, forcing); });
    after.push_back(forcing);
    push(std::move(after),
         (forcing.on ? tr("force on of %1") : tr("force off of %1")).arg(name_of_place(forcing)));
}

void Forcings::free(const Forcing& forcing) {
    auto after = m_all;
    std::erase_if(after, [&](const Forcing& other) { return same_expert(other, forcing); });
    push(std::move(after), tr("leave of %1 to the router").arg(name_of_place(forcing)));
}

void Forcings::clear() {
    push({}, tr("clear of all that is forced"));
}

void Forcings::forget() {
    m_history.clear();
    if (!m_all.empty()) set({});
}

void Forcings::push(std::vector<Forcing> after, const QString& text) {
    if (after != m_all) m_history.push(new Change(*this, std::move(after), text));
}

void Forcings::set(const std::vector<Forcing>& forcings) {
    m_all = forcings;
    emit changed();
}

}  // namespace dotmoe::studio
