"""Given names that are common in the United States and in Mexico, folded, put together by hand.

Those that are everyday words in either language are left out: in "Grant Avenue", "May Day", "Rosa claro" or "Will call"
they would say more of the language than of a person.
"""

_ENGLISH = """
aaron adam adrian aiden alan albert alex alexander alexis alice alicia allen alyssa amanda amber amy andrea andrew
andy angela ann anna anne anthony ashley austin barbara benjamin beth betty beverly billy bobby bradley brandon brenda
brian brittany bruce bryan caleb cameron carl carol caroline carolyn catherine cheryl chloe chris christian christina
christine christopher cindy cody connor courtney craig crystal cynthia daniel danielle danny david deborah debra denise
dennis derek diana diane donald donna dorothy douglas dustin dylan edward eleanor elijah elizabeth ella emily emma
eric erica ethan eugene evan evelyn frances gabriel gary george gerald gloria greg gregory hannah harold heather helen
henry howard ian irene isaac isabella jack jacob jacqueline james jamie janet janice jared jason jean jeff jeffrey
jennifer jeremy jerry jesse jessica jill jim joan joanne joe john johnny jonathan jordan joseph joshua joyce juan judith
judy julia julie justin karen katherine kathleen kathryn kathy katie kayla keith kelly kenneth kevin kim kimberly kyle
larry laura lauren lawrence leah leonard leslie liam linda lisa logan lori louis lucas lucy luke madison marcus margaret
marie marilyn martha martin mary matt matthew megan melanie melissa michael michelle mike mildred monica nancy natalie
nathan nicholas nicole noah olivia oscar pamela patricia patrick paul paula peter philip phillip phyllis rachel ralph
raymond rebecca richard robert roger ronald ruth ryan samantha samuel sandra sara sarah scott sean shannon sharon
shirley sophia stephanie stephen steven susan tammy teresa theresa thomas tiffany timothy tina todd tom tony tracy
travis tyler vanessa victoria vincent virginia walter wayne wendy william zachary
anh binh dung hoa hung linh minh nguyen phuong thanh thuy trang tuan ahmed ali fatima ibrahim mohamed muhammad omar
yusuf
"""
_SPANISH = """
adriana alberto alejandra alejandro alfonso alfredo alma ana andres antonia antonio armando arturo beatriz benito
bernardo carlos carmen carolina cecilia cesar claudia cristian cristina daniela diego eduardo elena elisa emiliano
emilio enrique ernesto esteban esther eva fabiola felipe fernanda fernando francisca francisco gabriela gerardo gilberto
gonzalo graciela guadalupe guillermo gustavo hector hugo ignacio irma isabel ismael ivan jaime javier jesus joaquin
jorge jose josefina juana juanita julian juliana julio karina leonardo leticia lorena lorenzo lourdes lucia luis luisa
luz manuel marco marcos margarita maria mariana mario marisol marta mateo mauricio maximiliano mercedes miguel miriam
nicolas norma octavio ofelia pablo patricio pedro rafael ramiro ramon raquel raul regina ricardo roberto rocio rodolfo
rodrigo rogelio rosario ruben salvador santiago santos sebastian sergio silvia sofia susana teodoro tomas valentina
valeria vanesa veronica vicente victor ximena yolanda yesenia
"""
GIVEN_NAMES = frozenset((_ENGLISH + _SPANISH).split())
