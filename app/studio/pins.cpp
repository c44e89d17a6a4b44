#include "app/studio/pins.h"

#include <QUndoCommand>

namespace dotmoe::studio {
namespace {

bool same_neuron(const NeuronPlace& a, const NeuronPlace& b) {
    return a.layer == b.layer && a.neuron == b.neuron;
}

QString name_of_change(const NeuronPlace& place, PlanMarking marking) {
    const auto expert =
        place.expert < 0 ? Pins::tr("the shared neurons") : Pins::tr("expert %1").arg(place.expert);
    const auto neuron = Pins::tr("neuron %1 of layer %2").arg(place.neuron).arg(place.layer);
    switch (marking) {
        case PlanMarking::pin:
            return Pins::tr("pin of %1 to %2").arg(neuron, expert);
        case PlanMarking::forbid:
            return Pins::tr("ban of %1 from %2").arg(neuron, expert);
        case PlanMarking::free:
            break;
    }
    return Pins::tr("freedom of %1").arg(neuron);
}

}  // namespace

class Pins::Change : public QUndoCommand {
  public:
    Change(Pins& pins, ConstraintRecipe after, const QString& text)
        : QUndoCommand(text), m_pins(pins), m_before(pins.constraints()), m_after(std::move(after)) {}
    void undo() override { m_pins.set(m_before); }
    void redo() override { m_pins.set(m_after); }

  private:
    Pins& m_pins;
    ConstraintRecipe m_before, m_after;
};

Pins::Pins(QObject* parent) : QObject(parent) {}

std::vector<PlanMark> Pins::marks(int layer, bool sharedColumn) const {
    std::vector<PlanMark> marks;
    const auto add = [&](const std::vector<NeuronPlace>& places, PlanMarking marking) {
        for (const auto& place : places)
            if (place.layer == layer)
                marks.push_back({static_cast<int>(place.neuron),
                                 static_cast<int>(place.expert) + (sharedColumn ? 1 : 0), marking});
    };
    add(m_constraints.pin, PlanMarking::pin);
    add(m_constraints.forbid, PlanMarking::forbid);
    return marks;
}

void Pins::mark(const NeuronPlace& place, PlanMarking marking) {
    auto after = m_constraints;
    const auto here = [&](const NeuronPlace& other) { return other == place; };
    const auto neuron = [&](const NeuronPlace& other) { return same_neuron(other, place); };
    switch (marking) {
        case PlanMarking::pin:
            std::erase_if(after.pin, neuron);
            std::erase_if(after.forbid, here);
            after.pin.push_back(place);
            break;
        case PlanMarking::forbid:
            std::erase_if(after.pin, here);
            std::erase_if(after.forbid, here);
            after.forbid.push_back(place);
            break;
        case PlanMarking::free:
            std::erase_if(after.pin, neuron);
            std::erase_if(after.forbid, neuron);
            break;
    }
    if (after.pin == m_constraints.pin && after.forbid == m_constraints.forbid) return;
    m_history.push(new Change(*this, std::move(after), name_of_change(place, marking)));
}

void Pins::forget() {
    m_history.clear();
    set({});
}

void Pins::set(const ConstraintRecipe& constraints) {
    m_constraints = constraints;
    emit changed();
}

}  // namespace dotmoe::studio
